import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { type Open, textAt } from "./fields.ts";

/** A notification. */
export interface IntercomNotification {
  readonly type: Open<"notification_event">;
  readonly topic: Open<"ping" | "conversation.user.created" | "conversation.admin.replied" | "contact.created">;
  readonly id?: string;
  readonly app_id?: string;
  /** Seconds since the epoch. */
  readonly created_at?: number;
  /** Counts the retries. */
  readonly delivery_attempts?: number;
  readonly data?: { readonly item?: Readonly<Record<string, unknown>>; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/**
 * Intercom: HMAC-SHA1 over the body, under the app's client secret.
 *
 * @see https://developers.intercom.com/docs/webhooks/setting-up-webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { intercom } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(intercom, { secret: "the app's client secret" });
 * ```
 */
export const intercom = defineProvider<IntercomNotification>({
  name: "intercom",
  docs: "https://developers.intercom.com/docs/webhooks/setting-up-webhooks",
  scheme: hmac({
    digest: "sha1",
    encoding: "hex",
    signature: { header: "x-hub-signature", layout: "sha1={signature}" },
    content: [body],
  }),
  key: (notification) => textAt(notification, "id"),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
