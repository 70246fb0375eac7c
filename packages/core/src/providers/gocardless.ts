import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { batchKey, textAt } from "./fields.ts";

/** The JSON body of a webhook from GoCardless, as its documentation shows one. */
export interface GoCardlessPayload {
  /** Up to 250 changes in one request, in no order. */
  readonly events: readonly {
    /** Unique to this event, however often it is sent. */
    readonly id: string;
    /** When it happened, RFC 3339. */
    readonly created_at: string;
    /** Which resource changed, such as `payments` or `mandates`. */
    readonly resource_type: string;
    /** Which change was made to it, such as `confirmed` or `paid_out`. */
    readonly action: string;
    /** Ids of the payments, mandates or payouts that are concerned. */
    readonly links: Readonly<Record<string, string>>;
    readonly [field: string]: unknown;
  }[];
  /** How GoCardless itself refers to this request. */
  readonly meta: {
    /** The number of this one attempt to send it. */
    readonly webhook_id: string;
  };
  readonly [field: string]: unknown;
}

/**
 * GoCardless: HMAC-SHA256 over the body.
 *
 * @see https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { gocardless } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(gocardless, { secret: "the endpoint's secret" });
 * ```
 */
export const gocardless = row<GoCardlessPayload>({
  name: "gocardless",
  docs: "https://developer.gocardless.com/getting-started/staying-up-to-date-with-webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "webhook-signature" },
    content: [body],
  }),
  key: (payload) => batchKey(payload.events, (event) => textAt(event, "id")),
  retries: "24m",
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
