import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import type { Open } from "./fields.ts";

/** An event. */
export interface RazorpayEvent {
  readonly entity?: Open<"event">;
  readonly event: Open<
    "payment.captured" | "payment.failed" | "order.paid" | "refund.processed" | "subscription.charged"
  >;
  readonly account_id?: string;
  /** Seconds since the epoch. */
  readonly created_at?: number;
  readonly contains?: readonly string[];
  readonly payload?: Readonly<Record<string, unknown>>;
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
export const razorpay = defineProvider<RazorpayEvent>({
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
