import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { textAt } from "./fields.ts";

/** What a webhook that is subscribed to events is sent. One that a trigger calls sends what its author wrote. */
export interface ZendeskEvent {
  /**
   * What happened: `zen:event-type:` and a name such as `user.active_changed`. Absent where a trigger's author chose
   * the body.
   */
  readonly type?: string;
  /**
   * Identifies the event; the idempotency key where `type` is one of Zendesk's. Else whatever the trigger's author
   * wrote.
   */
  readonly id?: string;
  /** Number of the Zendesk account in which it happened. */
  readonly account_id?: number;
  /** RFC 3339. */
  readonly time?: string;
  /** What it happened to, as `zen:user:6596848315901`. */
  readonly subject?: string;
  /** What changed: mostly `{ current, previous }`. */
  readonly event?: Readonly<Record<string, unknown>>;
  /** The user, organization, article or other resource concerned, with its own `id`. */
  readonly detail?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Zendesk: HMAC-SHA256 over time and body, base64. The secret is used as it is, although it looks like base64. Webhooks
 * that triggers call may use other methods and have no body: the payload is then `undefined`.
 *
 * Zendesk documents no tolerance; five minutes are our choice.
 *
 * @see https://developer.zendesk.com/documentation/webhooks/verifying/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { zendesk } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(zendesk, { secret: "the signing secret" });
 * ```
 */
export const zendesk = row<ZendeskEvent | undefined>({
  name: "zendesk",
  docs: "https://developer.zendesk.com/documentation/webhooks/verifying/",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "x-zendesk-webhook-signature" },
    timestamp: { header: "x-zendesk-webhook-signature-timestamp", unit: "rfc3339", tolerance: "5m" },
    content: [timestamp, body],
  }),
  methods: ["POST", "PUT", "PATCH", "DELETE", "GET"],
  emptyBody: true,
  // A trigger's body may have an "id" too, that of a ticket: only an event's names the event.
  key: (event) => (textAt(event, "type")?.startsWith("zen:event-type:") === true ? textAt(event, "id") : undefined),
  unprotected: "Method and URL are not signed, nor the header X-Zendesk-Webhook-Invocation-Id.",
});
