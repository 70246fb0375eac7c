import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** The JSON body of a webhook from Webflow, as its documentation shows one. */
export interface WebflowEvent {
  /** Which change was made; the list grows, so expect others. */
  readonly triggerType: Open<
    | "form_submission"
    | "site_publish"
    | "ecomm_new_order"
    | "collection_item_created"
    | "collection_item_changed"
    | "page_created"
  >;
  /** The form, site, order or item that it happened to. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Webflow: HMAC-SHA256 over time and body. The secret is the webhook's own, or the client secret of the application that made it.
 *
 * @see https://developers.webflow.com/data/docs/working-with-webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { webflow } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(webflow, { secret: "the signing secret" });
 * ```
 */
export const webflow = row<WebflowEvent>({
  name: "webflow",
  docs: "https://developers.webflow.com/data/docs/working-with-webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-webflow-signature" },
    timestamp: { header: "x-webflow-timestamp", unit: "ms", tolerance: "5m" },
    content: [timestamp, ":", body],
  }),
  retries: "30m",
  unprotected: "No delivery id is signed: only the digest of what is signed tells a repetition.",
});
