import { WebhookError, type WebhookErrorCode } from "../errors/errors.ts";
import { describe } from "../errors/reasons.ts";

/** An answer that is given without asking your handler: a refusal, a handshake, or a duplicate's success. */
export class Answer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>> | undefined;
  readonly body: string | undefined;

  constructor(status: number, headers?: Readonly<Record<string, string>>, body?: string) {
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

const RETRY_SOON: Readonly<Record<string, string>> = Object.freeze({ "retry-after": "5" });

/**
 * A refusal: a bare status for the sender, and a reason for the developer, which is put into words only when somebody
 * asks for it, because refusing must be cheap.
 */
export class Refusal extends Answer {
  readonly code: WebhookErrorCode;
  /** True when the caller had already proven to be genuine. */
  readonly proven: boolean;
  private readonly provider: string;
  private readonly detail: string | number;
  private readonly cause: unknown;
  private built: WebhookError | undefined;

  constructor(
    code: WebhookErrorCode,
    status: number,
    provider: string,
    detail: string | number,
    proven: boolean,
    cause?: unknown,
  ) {
    super(status, status === 503 ? RETRY_SOON : undefined);
    this.code = code;
    this.provider = provider;
    this.detail = detail;
    this.proven = proven;
    this.cause = cause;
    this.built = undefined;
  }

  /** The reason as an error. It has no stack: where in our code a request is refused tells nobody anything. */
  get error(): WebhookError {
    if (this.built === undefined) {
      const message = describe(this.code, this.detail, this.provider);
      const { stackTraceLimit } = Error;
      Error.stackTraceLimit = 0;
      this.built = new WebhookError(this.code, message, {
        status: this.status,
        provider: this.provider,
        cause: this.cause,
      });
      Error.stackTraceLimit = stackTraceLimit;
    }
    return this.built;
  }
}
