import type { Answer } from "../errors/errors.ts";
import { Delivery } from "../receive/delivery.ts";
import { Refusal } from "../receive/refusal.ts";
import type { Settings } from "../receive/settings.ts";

/** A refused body of at most this size is drained to keep the connection; a larger one ends it. */
export const DRAIN = 65_536;

const HANDLED: Answer = Object.freeze({ status: 200, headers: undefined, body: undefined });

/** What to answer without asking the handler, if anything: a refusal, a handshake, or the success of a duplicate. */
export function answerInstead({ onDuplicate }: Settings, result: Delivery<any> | Answer): Answer | undefined {
  if (!(result instanceof Delivery)) return result;
  return result.duplicate && onDuplicate === "success" ? HANDLED : undefined;
}

const MISTAKES: ReadonlySet<string> = new Set(["body_consumed", "misconfigured"]);

/** The error to give to the application when a refusal is its own mistake. */
export function mistake(answer: Answer): Error | undefined {
  return answer instanceof Refusal && MISTAKES.has(answer.code) ? answer.error : undefined;
}

/** Whether a status says that the handler has done its work. */
export function isSuccess(status: number): boolean {
  return status >= 200 && status < 300;
}
