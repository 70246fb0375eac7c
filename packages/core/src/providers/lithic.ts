import { type Provider, row } from "../scheme/provider.ts";
import { standardWebhooks } from "./standard-webhooks.ts";

/** The JSON body of a webhook from Lithic, as its documentation shows one. */
export interface LithicEvent {
  /** What happened, such as `card.created`. */
  readonly event_type: string;
  readonly [field: string]: unknown;
}

/**
 * Lithic, which follows Standard Webhooks.
 *
 * @see https://docs.lithic.com/docs/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { lithic } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(lithic, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" });
 * ```
 */
export const lithic = row<LithicEvent>({
  ...(standardWebhooks as Provider<any>),
  name: "lithic",
  docs: "https://docs.lithic.com/docs/webhooks",
});
