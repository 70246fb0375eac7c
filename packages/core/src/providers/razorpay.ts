import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** Something that happened to a payment, order, refund or subscription. Its id is only in an unsigned header. */
export interface RazorpayEvent {
  /** Always `event`; tells it apart from Razorpay's other objects. */
  readonly entity: Open<"event">;
  /** What happened: an entity and a verb in the past. */
  readonly event: Open<
    "payment.captured" | "payment.failed" | "order.paid" | "refund.processed" | "subscription.charged"
  >;
  /** The merchant that it belongs to: `acc_…`. */
  readonly account_id: string;
  /** Seconds since the epoch. */
  readonly created_at: number;
  /** Which entities `payload` holds, such as `["payment"]`. */
  readonly contains: readonly string[];
  /** Snapshots from when it happened, each under its own name: `{ payment: { entity: { … } } }`. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Razorpay: HMAC-SHA256 over the body, under the webhook's secret (not the API's). After a change of the secret, retries of
 * older events keep the old one: give both for a day.
 *
 * @see https://razorpay.com/docs/webhooks/validate-test/
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { razorpay } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(razorpay, { secret: "the webhook's secret" });
 * ```
 */
export const razorpay = row<RazorpayEvent>({
  name: "razorpay",
  docs: "https://razorpay.com/docs/webhooks/validate-test/",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-razorpay-signature" },
    content: [body],
  }),
  retries: "24h",
  unprotected:
    "No time is signed, nor the event's id, which stands only in the header X-Razorpay-Event-Id: a body can be repeated.",
});
