import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** Something that happened in a workspace, and the object it happened to. */
export interface IntercomNotification {
  /** Always `notification_event`; tells it apart from Intercom's other objects. */
  readonly type: Open<"notification_event">;
  /** What happened: the subscription's topic. `ping` is Intercom's own test. */
  readonly topic: Open<"ping" | "conversation.user.created" | "conversation.admin.replied" | "contact.created">;
  /** `notif_…`; the idempotency key. `null` in a `ping`. */
  readonly id: string | null;
  /** Code of the workspace that it happened in. */
  readonly app_id: string;
  /** Seconds since the epoch. */
  readonly created_at: number;
  /** How often this notification has been sent, the first attempt included. */
  readonly delivery_attempts: number;
  /** Wraps `item`, under a `type` of its own: `notification_event_data`. */
  readonly data: {
    /** The conversation, contact or other object that it happened to, as Intercom's API gives it. */
    readonly item: Readonly<Record<string, unknown>>;
    readonly [field: string]: unknown;
  };
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
export const intercom = row<IntercomNotification>({
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
