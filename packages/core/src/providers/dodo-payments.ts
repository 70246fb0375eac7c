import { type Provider, row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** The JSON body of a webhook from Dodo Payments, as its documentation shows one. */
export interface DodoPaymentsEvent {
  /** Your own business account, whose payment it is. */
  readonly business_id: string;
  /** Which change was made; the list grows, so expect others. */
  readonly type: Open<
    "payment.succeeded" | "payment.failed" | "refund.succeeded" | "dispute.opened" | "subscription.active"
  >;
  /** When it happened, ISO 8601. */
  readonly timestamp: string;
  /** The payment, refund, dispute or subscription. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Dodo Payments, which follows Standard Webhooks.
 *
 * @see https://docs.dodopayments.com/developer-resources/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { dodoPayments } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(dodoPayments, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const dodoPayments = row<DodoPaymentsEvent>({
  ...(standardWebhooks as Provider<any>),
  name: "dodo-payments",
  docs: "https://docs.dodopayments.com/developer-resources/webhooks",
});
