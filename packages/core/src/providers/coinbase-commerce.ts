import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** The JSON body of a webhook from Coinbase Commerce, as its documentation shows one. */
export interface CoinbaseCommercePayload {
  /** The number of this one attempt to send it. */
  readonly id: number | string;
  /** When it was to be sent, RFC 3339. */
  readonly scheduled_for: string;
  /** The change, with the charge itself in its `data`. */
  readonly event: {
    /** Unique to this event; the replay key that joins its retries. */
    readonly id: string;
    /** Which change was made; the list grows, so expect others. */
    readonly type: Open<"charge:created" | "charge:confirmed" | "charge:failed" | "charge:pending">;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Coinbase Commerce: HMAC-SHA256 over the body.
 *
 * @see https://docs.cdp.coinbase.com/commerce/docs/webhooks-security
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { coinbaseCommerce } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(coinbaseCommerce, { secret: "the shared secret of the webhook's settings" });
 * ```
 */
export const coinbaseCommerce = row<CoinbaseCommercePayload>({
  name: "coinbase-commerce",
  docs: "https://docs.cdp.coinbase.com/commerce/docs/webhooks-security",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-cc-webhook-signature" },
    content: [body],
  }),
  key: (payload) => textAt(payload, "event", "id"),
  retries: "72h",
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
