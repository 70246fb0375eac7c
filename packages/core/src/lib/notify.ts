import { guarded } from "./promises.ts";

const ignore = (): void => {};

/** Calls a user's listener; nothing that it does changes an answer. */
export function notify<A extends unknown[]>(listener: ((...args: A) => unknown) | undefined, ...args: A): void {
  if (listener !== undefined) guarded(() => listener(...args), ignore);
}
