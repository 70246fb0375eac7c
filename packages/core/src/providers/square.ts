import { hmac } from "../kind/hmac.ts";
import { body, url } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { textAt } from "./fields.ts";

/** Something that happened in a seller's account. */
export interface SquareEvent {
  /** UUID of the event; stays the same when it is sent again, and is the idempotency key. */
  readonly event_id: string;
  /** What happened: an entity and a verb in the past, such as `payment.updated`. */
  readonly type: string;
  /** The seller in whose account it happened. */
  readonly merchant_id: string;
  /** RFC 3339. */
  readonly created_at: string;
  /** The payment, order or other thing that it happened to. */
  readonly data: {
    /** Which of Square's resources was affected, such as `payment`. */
    readonly type: string;
    /** Square's identifier of the affected payment, order, customer or other thing. */
    readonly id: string;
    /** The thing itself after the change, under its own name; absent when it was deleted. */
    readonly object?: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Square: HMAC-SHA256 over the notification URL and the body. The URL is the one in the Developer Console, to the letter:
 * set `publicUrl` where a proxy changes what this server sees.
 *
 * @see https://developer.squareup.com/docs/webhooks/step3validate
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { square } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(square, { secret: "the signature key", publicUrl: "https://example.com" });
 * ```
 */
export const square = row<SquareEvent>({
  name: "square",
  docs: "https://developer.squareup.com/docs/webhooks/step3validate",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "x-square-hmacsha256-signature" },
    content: [url, body],
  }),
  key: (event) => textAt(event, "event_id"),
  retries: "72h",
  seams: ["url/body"],
  unprotected:
    "No time is signed: without a replay store, a request can be repeated for ever. Nothing separates URL and body: a URL with a query is accepted as exactUrl only, and a route with a wildcard should have one too.",
});
