import { body, url } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { textAt } from "./fields.ts";

/** An event. */
export interface SquareEvent {
  readonly event_id: string;
  /** Such as `payment.updated`. */
  readonly type: string;
  readonly merchant_id?: string;
  /** RFC 3339. */
  readonly created_at?: string;
  readonly data?: {
    readonly type?: string;
    readonly id?: string;
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
export const square = defineProvider<SquareEvent>({
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
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
