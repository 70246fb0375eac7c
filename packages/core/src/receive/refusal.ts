import type { Answer, WebhookErrorCode } from "../errors/errors.ts";
import { WebhookError } from "../errors/errors.ts";
import { describe, type Rulebook } from "../errors/reasons.ts";

const RETRY_SOON: Readonly<Record<string, string>> = Object.freeze({ "retry-after": "5" });

/** Why a request is refused, and what the refusal is known by. */
export interface Reason {
  /** From the closed list of `webhookErrorCodes`. */
  readonly code: WebhookErrorCode;
  /** What the sender is answered with: the code's own, or what the `status` option says. */
  readonly status: number;
  /** Whose rules were broken, and the vendor's page about them. */
  readonly provider: Rulebook;
  /** What the sentence is about: a header, a limit, the sender's own words. */
  readonly detail: string | number;
  /** True when the caller had already proven to be genuine. */
  readonly proven: boolean;
  /** What was thrown underneath, by a lookup or a store; `undefined` where nothing was. */
  readonly cause: unknown;
}

/**
 * A refusal: a bare status for the sender, and a reason for the developer, which is put into words only when somebody
 * asks for it, because refusing must be cheap.
 */
export class Refusal implements Answer {
  /** Bare, one for its class: 401, 413, 503 … */
  readonly status: number;
  /** Names in lower case: `retry-after` in seconds on a 503, else absent. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  /** Always empty: the sender learns nothing but the number. */
  readonly body: undefined = undefined;
  /** For tests, alerts and the `status` option; never shown to the sender. */
  readonly code: WebhookErrorCode;
  /** True when the caller had already proven to be genuine. */
  readonly proven: boolean;
  readonly #reason: Reason;
  #error: WebhookError | undefined = undefined;

  constructor(reason: Reason) {
    this.status = reason.status;
    this.headers = reason.status === 503 ? RETRY_SOON : undefined;
    this.code = reason.code;
    this.proven = reason.proven;
    this.#reason = reason;
  }

  /** The reason as an error. It has no stack: where in our code a request is refused tells nobody anything. */
  get error(): WebhookError {
    if (this.#error === undefined) {
      const { code, provider, detail, cause } = this.#reason;
      const { status, headers } = this;
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = 0;
      this.#error = new WebhookError(code, describe(code, detail, provider), {
        provider: provider.name,
        cause,
        answer: { status, headers },
      });
      Error.stackTraceLimit = stackTraceLimit;
    }
    return this.#error;
  }
}
