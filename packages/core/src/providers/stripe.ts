import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/**
 * Stripe's event object. Its `data.object` is any of Stripe's resources: bring the types of the `stripe` package.
 *
 * A destination that is set up for thin events gets another object, without `data`: give a `schema` for it.
 */
export interface StripeEvent {
  /** `evt_…`: stays the same when Stripe sends it again, and is the idempotency key. */
  readonly id: string;
  /** Always `event`; thin events have `v2.core.event`. */
  readonly object: Open<"event">;
  /** What happened: a resource and a verb in the past, such as `invoice.paid`. */
  readonly type: Open<
    "checkout.session.completed" | "customer.subscription.updated" | "invoice.paid" | "payment_intent.succeeded"
  >;
  /** The version of Stripe's API in which `data` is written, such as `2024-06-20`. */
  readonly api_version: string | null;
  /** Seconds since the epoch. */
  readonly created: number;
  /** False for test mode and sandboxes. */
  readonly livemode: boolean;
  /** The connected account that it happened in: `acct_…`. Absent outside Connect. */
  readonly account?: string;
  /** Snapshot of what it happened to, taken at that moment. */
  readonly data: {
    /** The resource as it was when it happened, such as an invoice; its own `object` says which. */
    readonly object: Readonly<Record<string, unknown>>;
    /** Earlier contents of what changed, in `*.updated` events only. */
    readonly previous_attributes?: Readonly<Record<string, unknown>>;
  };
  readonly [field: string]: unknown;
}

/**
 * Stripe: HMAC-SHA256 over time and body. The endpoint's secret is used whole, its `whsec_` included.
 *
 * @see https://docs.stripe.com/webhooks/signature
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { stripe } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(stripe, { secret: "whsec_test_secret", clock: { now: () => 1700000000_000 } });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { "stripe-signature": "t=1700000000,v1=4f1cd7feda9826e746b7d482c4badebb657398df1099e1046364f6196a230150" },
 *   body: '{\n  "id": "evt_test_webhook",\n  "object": "event"\n}',
 * });
 * console.log(payload.id); // evt_test_webhook
 * ```
 */
export const stripe = row<StripeEvent>({
  name: "stripe",
  docs: "https://docs.stripe.com/webhooks/signature",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "stripe-signature", layout: "t={timestamp},v1={signature}" },
    timestamp: { unit: "s", tolerance: "5m" },
    content: [timestamp, ".", body],
  }),
  key: (event) => textAt(event, "id"),
  retries: "72h",
  notSecrets: [
    { prefix: "sk_", what: "an API key" },
    { prefix: "rk_", what: "a restricted API key" },
    { prefix: "pk_", what: "a publishable API key" },
    { prefix: "we_", what: "the endpoint's id" },
  ],
  unprotected: "Events may come out of order, and an old event's content may be outdated by the time it arrives.",
});
