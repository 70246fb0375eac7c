import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** The JSON body of a webhook from Sanity, as its documentation shows one. */
export interface SanityDocument {
  /** The document's id in the dataset; absent where the webhook's projection leaves it out. */
  readonly _id?: string;
  /** The document's schema, such as `post`; absent likewise. */
  readonly _type?: string;
  readonly [field: string]: unknown;
}

/**
 * Sanity: HMAC-SHA256 over time and body, written in base64url. Sanity's own library looks at no time; here five minutes are the window, and the option `tolerance` widens it.
 *
 * @see https://www.sanity.io/docs/http-reference/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { sanity } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(sanity, { secret: "the webhook's secret" });
 * ```
 */
export const sanity = row<SanityDocument>({
  name: "sanity",
  docs: "https://www.sanity.io/docs/http-reference/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64url",
    signature: { header: "sanity-webhook-signature", layout: "t={timestamp},v1={signature}" },
    timestamp: { unit: "ms", tolerance: "5m" },
    content: [timestamp, ".", body],
  }),
  unprotected:
    "The header `idempotency-key` is not signed, so it is no replay key: only the digest of what is signed tells a repetition.",
});
