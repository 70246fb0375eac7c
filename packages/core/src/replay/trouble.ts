import { isObserved, publish } from "#diagnostics";
import { printError } from "../lib/environment.ts";

/** What a replay store finds out about its own service, beyond one operation that failed. */
export type StoreTrouble =
  /** It gave up waiting for an answer: a connection that is half open never gives one. */
  | "store_silent"
  /** `ready()` found that it cannot work: no table, no right, no such schema, a replica, no memory left. */
  | "store_not_ready"
  /** The server may drop keys that are still needed. */
  | "store_evicts";

/** Thrown by the stores of this package, beside whatever their client throws. The message says how to mend it. */
export class ReplayStoreError extends Error {
  override readonly name = "ReplayStoreError";
  /** What is wrong, from a list that only grows. */
  readonly code: StoreTrouble;

  constructor(code: StoreTrouble, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}

/** Tells the operator: on the diagnostics channel `countersign:store`, and in a line on standard error. */
export function warn(code: StoreTrouble, message: string): void {
  if (isObserved("store")) publish("store", { reason: code, message });
  printError(`countersign: ${message}`);
}
