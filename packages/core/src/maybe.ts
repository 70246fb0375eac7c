/** A value that is there at once where nothing had to be waited for. A promise costs more than parsing a header. */
export type Maybe<T> = T | Promise<T>;

export function isPromise(value: unknown): value is Promise<unknown> {
  return (
    value instanceof Promise ||
    (typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function")
  );
}

/** `then` that stays synchronous for a value that is there. */
export function andThen<T, U>(value: Maybe<T>, next: (value: T) => Maybe<U>): Maybe<U> {
  return isPromise(value) ? (value as Promise<T>).then(next) : next(value as T);
}
