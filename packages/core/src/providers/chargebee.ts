import type { Provider } from "../scheme/provider.ts";
import { type BasicOptions, basicRow } from "./basic.ts";
import { type Open, textAt } from "./fields.ts";

/** One change to a customer, subscription or invoice. */
export interface ChargebeeEvent {
  /** Unique to this event, such as `ev_169lrDRrB6KQJ1Lm`; the replay key. */
  readonly id: string;
  /** When it happened, in seconds since the epoch. */
  readonly occurred_at: number;
  /** Which change was made; the list grows, so expect others. */
  readonly event_type: Open<
    "subscription_created" | "subscription_cancelled" | "payment_succeeded" | "payment_failed" | "invoice_generated"
  >;
  /** The resources that are concerned, such as `subscription` and `customer`. */
  readonly content: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Chargebee, which signs nothing: protect the webhook's URL with basic authentication in its settings.
 *
 * @throws ConfigurationError for a user name that Basic authentication cannot carry
 * @see https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { chargebee } from "@countersign/core/providers";
 *
 * createVerifier(chargebee({ username: "chargebee" }), { secret: "the password" });
 * ```
 */
export function chargebee(options: BasicOptions): Provider<ChargebeeEvent> {
  return basicRow<ChargebeeEvent>("chargebee", options, {
    name: "chargebee",
    docs: "https://www.chargebee.com/docs/billing/2.0/site-configuration/webhook_settings",
    key: (event) => textAt(event, "id"),
    // Seven attempts; the last two days and seven hours after the first.
    retries: "56h",
  });
}
