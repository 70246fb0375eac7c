import { table } from "../lib/table.ts";

/**
 * Every reason for which a webhook is not handed to your handler.
 *
 * Codes are stable: write tests, alerts and `status` tables against them, never against messages.
 */
export type WebhookErrorCode = keyof typeof STATUS;

/**
 * The status that each refusal answers by default, one bare number for its class. The sender learns nothing else.
 */
const STATUS = table({
  /** The method is not one that the provider sends. */
  method_not_allowed: 405,
  /** A header that the scheme needs is absent. */
  missing_signature: 401,
  /** A header that the scheme needs is there, but is not what its grammar allows. */
  malformed_signature: 401,
  /** The signed timestamp lies further in the past than the tolerance. */
  timestamp_too_old: 401,
  /** The signed timestamp lies further in the future than the tolerance. */
  timestamp_in_future: 401,
  /** No signature matches the content under any active secret. */
  signature_mismatch: 401,
  /** The static credential is not one of the active secrets. */
  credential_mismatch: 401,
  /** The secret lookup said that it knows no such sender (it returned `null`). */
  unknown_sender: 401,
  /** The secret lookup failed, or returned nothing usable. */
  secret_unavailable: 503,
  /** The body is, or says that it is, larger than the limit. */
  body_too_large: 413,
  /** The body's content encoding is not one that this route accepts. */
  unsupported_encoding: 415,
  /** The body did not arrive within the timeout. */
  body_timeout: 408,
  /** The connection ended before the body did, or the body is not as long as Content-Length says. */
  body_incomplete: 400,
  /** The compressed body cannot be inflated. */
  malformed_encoding: 400,
  /** The proven body is not valid UTF-8. */
  malformed_text: 400,
  /** The proven body is not the JSON (or form) that it should be. */
  malformed_payload: 400,
  /** The proven payload does not satisfy the schema. */
  invalid_payload: 422,
  /** The proven payload has no usable key although `key.missing` is `"refuse"`. */
  missing_key: 422,
  /** The same delivery was handled before: a success for the provider, unless `onDuplicate` is `"refuse"` (409). */
  duplicate: 200,
  /** The same delivery is being handled elsewhere just now. */
  in_progress: 503,
  /** The replay store failed, did not answer in time, or is full. */
  store_unavailable: 503,
  /** A provider's set-up request, not an event; `answer` is what it wants to hear. */
  handshake: 200,
  /** Another part of the application has already taken the body. A mistake of set-up, not of the sender. */
  body_consumed: 500,
  /** The application's set-up lacks what only a request could show: the public URL of a scheme that signs it. */
  misconfigured: 500,
} as const);

/** The status that a refusal with this code answers unless the `status` option says otherwise. */
export function defaultStatus(code: WebhookErrorCode): number {
  return STATUS[code];
}

/** What goes back to a caller: a refusal's bare status, the answer that a handshake asks for, a duplicate's success. */
export interface Answer {
  /** HTTP status: of the refusal's class, or 200 for a handshake and a duplicate. */
  readonly status: number;
  /** Names in lower case; absent when nothing but the status is said. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Text that a handshake asks for; absent for refusals. */
  readonly body?: string | undefined;
}

/** All codes in a fixed order, so that tables, alerts and documentation can be checked for completeness. */
export const webhookErrorCodes = Object.freeze(Object.keys(STATUS)) as readonly WebhookErrorCode[];

/**
 * A request that was refused: what happened, for the developer. It holds no secret and no expected signature, but
 * it may quote what the sender wrote: treat the message as hostile text when you render it.
 *
 * @example
 * ```ts
 * import { createVerifier, WebhookError } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(tailscale, { secret: "tskey-webhook-xxxxx" });
 * try {
 *   await verifier.verify({ method: "POST", url: "/", headers: {}, body: new Uint8Array() });
 * } catch (error) {
 *   if (error instanceof WebhookError) console.log(error.code, error.status); // missing_signature 401
 * }
 * ```
 */
export class WebhookError extends Error {
  override readonly name: string = "WebhookError";
  /** What happened, from a closed list. */
  readonly code: WebhookErrorCode;
  /** HTTP status that goes back, with the `status` option applied: `catch (error) { reply(error.status) }` is right. */
  readonly status: number;
  /** The name of the row whose rules were broken, such as `"stripe"`; empty for an error of your own making. */
  readonly provider: string;
  /** What goes back to the caller: the bare status, or what a provider's handshake wants to hear. */
  readonly answer: Answer;

  constructor(
    code: WebhookErrorCode,
    message: string,
    options: {
      /** HTTP status that goes back; default that of `answer`, else the code's. */
      status?: number;
      /** The name of the row whose rules were broken; default empty. */
      provider?: string;
      /** The exception of a lookup, a store or a connection that led to it. */
      cause?: unknown;
      /** What goes back; default the bare status. */
      answer?: Answer;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.status = options.status ?? options.answer?.status ?? STATUS[code];
    this.provider = options.provider ?? "";
    this.answer = options.answer ?? { status: this.status };
  }

  /** The answer as a Fetch `Response`, for frameworks that take one. */
  toResponse(): Response {
    const { status, headers, body } = this.answer;
    return new Response(body ?? null, { status, headers: new Headers(headers) });
  }
}

/**
 * Wrong set-up: an option that cannot be honoured. Thrown when the thing is built, never while it serves traffic,
 * and its message says how to mend it.
 */
export class ConfigurationError extends Error {
  override readonly name: string = "ConfigurationError";
  /** What is wrong, from a list that only grows. */
  readonly code: string;
  /** The option that is wrong, as a path: `"tolerance.past"`. */
  readonly option: string;

  constructor(option: string, message: string, code = "invalid_option") {
    super(message);
    this.option = option;
    this.code = code;
  }
}
