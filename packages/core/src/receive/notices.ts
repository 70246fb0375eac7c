import type { WebhookError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { Delivery } from "./delivery.ts";

/** A delivery that was let in, as the diagnostics channel `countersign:accept` has it on Node. */
export interface AcceptNotice {
  /** The name of the row that it was judged by, such as `"stripe"`. */
  readonly provider: string;
  /** The very object that the handler is given: whoever listens must not settle it. Absent where an inbox has kept it. */
  readonly delivery?: Delivery;
  /** Method, URL and headers. What no signature covers, anybody may have written. */
  readonly request: RequestHead;
}

/** A request that was refused, as the diagnostics channel `countersign:reject` has it on Node. */
export interface RejectNotice {
  /** The name of the row that it was judged by, such as `"stripe"`. */
  readonly provider: string;
  /** Why, with a stable `code`. Its message may quote what the sender wrote. */
  readonly error: WebhookError;
  /** Method, URL and headers: hostile text. */
  readonly request: RequestHead;
}
