import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { batchKey, type Open, record, textAt } from "./fields.ts";

/** One event. */
export interface LineEvent {
  readonly type: Open<"message" | "follow" | "unfollow" | "join" | "leave" | "postback">;
  /** Stays the same when the event is sent again. */
  readonly webhookEventId?: string;
  /** Milliseconds since the epoch. */
  readonly timestamp?: number;
  readonly deliveryContext?: { readonly isRedelivery: boolean };
  readonly source?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A batch, which may be empty: the console's "Verify" sends none. */
export interface LinePayload {
  readonly destination: string;
  readonly events: readonly LineEvent[];
}

/**
 * LINE Messaging API: HMAC-SHA256 over the body, base64, under the channel secret.
 *
 * @see https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { line } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(line, { secret: "the channel secret" });
 * ```
 */
export const line = defineProvider<LinePayload>({
  name: "line",
  docs: "https://developers.line.biz/en/docs/messaging-api/verify-webhook-signature/",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "x-line-signature" },
    content: [body],
  }),
  key: (payload) => batchKey(record(payload)?.events, (event) => textAt(event, "webhookEventId")),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
