import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** A notification of Paddle Billing: one event, sent to one destination. */
export interface PaddleEvent {
  /** `evt_…`: identifies what happened, whatever it is sent to. The idempotency key. */
  readonly event_id: string;
  /** What happened: an entity and a verb in the past. */
  readonly event_type: Open<
    "transaction.completed" | "subscription.created" | "subscription.updated" | "subscription.canceled"
  >;
  /** RFC 3339. */
  readonly occurred_at: string;
  /** `ntf_…`: identifies this sending of the event to this destination. */
  readonly notification_id: string;
  /** The transaction, subscription or other entity after the change. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Paddle Billing: HMAC-SHA256 over time and body. The tolerance is that of Paddle's own library, five seconds: keep the
 * clock right, or widen it. Paddle Classic signs in another way.
 *
 * @see https://developer.paddle.com/webhooks/signature-verification
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { paddle } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(paddle, { secret: "pdl_ntfset_…" });
 * ```
 */
export const paddle = row<PaddleEvent>({
  name: "paddle",
  docs: "https://developer.paddle.com/webhooks/signature-verification",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "paddle-signature", layout: "ts={timestamp};h1={signature}" },
    timestamp: { unit: "s", tolerance: "5s" },
    content: [timestamp, ":", body],
  }),
  key: (event) => textAt(event, "event_id"),
  retries: "72h",
  unprotected: "Events may come out of order; occurred_at in the body says when.",
});
