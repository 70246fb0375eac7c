import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { type Provider, row } from "../scheme/provider.ts";

/** The resource that a topic is about. The topic itself is only in an unsigned header. */
export type ShopifyPayload = Readonly<Record<string, unknown>>;

function signed(name: string, header: string): Provider<ShopifyPayload> {
  return {
    name,
    docs: "https://shopify.dev/docs/apps/build/webhooks/subscribe/https",
    scheme: hmac({
      digest: "sha256",
      encoding: "base64",
      signature: { header },
      content: [body],
    }),
    retries: "4h",
    unprotected:
      "No time is signed, nor the headers that name topic, shop and delivery: a body can be repeated, or handed in under another topic or shop.",
  };
}

/**
 * Shopify: HMAC-SHA256 over the body, base64, under the app's client secret. Webhooks that are made by hand in a
 * store's notification settings are signed with that store's own secret.
 *
 * @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { shopify } from "@countersign/core/providers";
 *
 * const { payload } = await createVerifier(shopify, { secret: "hush" }).verify({
 *   method: "POST",
 *   headers: { "x-shopify-hmac-sha256": "VnKUjZsLuN5iZWjn5EntcBVCF9kMN43LglzCE1/GSeY=" },
 *   body: '{"id":1}',
 * });
 * console.log(payload.id); // 1
 * ```
 */
export const shopify = row(signed("shopify", "x-shopify-hmac-sha256"));

/**
 * Shopify's newer Events, which carry the same signature in a header without `X-`.
 *
 * @see https://shopify.dev/docs/apps/build/webhooks/subscribe/https
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { shopifyEvents } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(shopifyEvents, { secret: "the app's client secret" });
 * ```
 */
export const shopifyEvents = row(signed("shopify-events", "shopify-hmac-sha256"));
