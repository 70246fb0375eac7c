import type { Answer } from "../errors/errors.ts";
import { Refusal } from "../receive/refusal.ts";

/** A refused body of at most this size is drained to keep the connection; a larger one ends it. */
export const DRAIN = 65_536;

const MISTAKES: ReadonlySet<string> = new Set(["body_consumed", "misconfigured"]);

/** How long a handler may go on, in milliseconds, when its client has gone before anything was answered. */
export const ABANDONED = 300_000;

/** The error to give to the application when a refusal is its own mistake. */
export function mistake(answer: Answer): Error | undefined {
  return answer instanceof Refusal && MISTAKES.has(answer.code) ? answer.error : undefined;
}

/** Whether a status says that the handler has done its work. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
