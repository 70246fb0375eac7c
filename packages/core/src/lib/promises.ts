/** A value that is there at once where nothing had to be waited for. A promise costs more than parsing a header. */
export type Maybe<T> = T | Promise<T>;

/** Whether one of our own values has to be waited for. What a user's function returned goes through `adopt` first. */
export function isPromise(value: unknown): value is Promise<unknown> {
  return value instanceof Promise;
}

/** Makes a native promise of anything that has a `then`: other realms, other libraries. */
export function adopt<T>(value: T | PromiseLike<T>): Maybe<T> {
  const foreign =
    typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
  return foreign && !(value instanceof Promise) ? Promise.resolve(value) : (value as Maybe<T>);
}

/** `then` that stays synchronous for a value that is there. */
export function andThen<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
