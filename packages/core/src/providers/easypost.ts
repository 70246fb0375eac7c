import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { type Open, textAt } from "./fields.ts";

/** The JSON body of a webhook from EasyPost, as its documentation shows one. */
export interface EasyPostEvent {
  /** Unique to this event; the replay key that joins its retries. */
  readonly id: string;
  /** A fixed word that tells events from other resources. */
  readonly object: "Event";
  /** Which change was made; the list grows, so expect others. */
  readonly description: Open<
    "tracker.updated" | "tracker.created" | "batch.updated" | "scan_form.created" | "refund.successful"
  >;
  /** The tracker, batch or refund, as EasyPost's API gives it. */
  readonly result: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * EasyPost: HMAC-SHA256 over the body as it came. Its own libraries write whole numbers in `weight` anew before they compare; the bytes need no such mending.
 *
 * @see https://docs.easypost.com/guides/webhooks-guide
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { easypost } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(easypost, { secret: "the webhook's secret" });
 * ```
 */
export const easypost = row<EasyPostEvent>({
  name: "easypost",
  docs: "https://docs.easypost.com/guides/webhooks-guide",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "x-hmac-signature", layout: "hmac-sha256-hex={signature}" },
    content: [body],
  }),
  key: (event) => textAt(event, "id"),
  unprotected: "No time is signed: without a replay store, a request can be repeated for ever.",
});
