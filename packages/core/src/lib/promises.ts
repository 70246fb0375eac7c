/** A value, or a promise of it: there at once where nothing had to be waited for. A promise costs more than parsing a header. */
export type MaybePromise<T> = T | Promise<T>;

/** Whether one of our own values has to be waited for. What a user's function returned goes through `adopt` first. */
export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return value instanceof Promise;
}

/** Makes a native promise of anything that has a `then`: other realms, other libraries. */
export function adopt<T>(value: T | PromiseLike<T>): MaybePromise<T> {
  const foreign =
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
  return foreign && !(value instanceof Promise) ? Promise.resolve(value) : (value as MaybePromise<T>);
}

/** What `then` does for a promise, and at once for a value that is there: schemes stay synchronous where the platform is. */
export function andThen<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

/** Runs code that is not ours: `failed` turns what it throws, or rejects with, into a result. */
export function guarded<T, U>(
  work: () => T | PromiseLike<T>,
  failed: (cause: unknown) => MaybePromise<U>,
): MaybePromise<T | U> {
  try {
    const result = adopt(work());
    return isPromise(result) ? result.catch(failed) : result;
  } catch (cause) {
    return failed(cause);
  }
}

/** All of them, without a promise where none has to be waited for. */
export function every<T>(values: readonly MaybePromise<T>[]): MaybePromise<readonly T[]> {
  return values.some(isPromise) ? Promise.all(values) : (values as readonly T[]);
}
