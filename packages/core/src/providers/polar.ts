import { hmac } from "../kind/hmac.ts";
import { body, id, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { Open } from "./fields.ts";

/** The JSON body of a webhook from Polar, as its documentation shows one. */
export interface PolarEvent {
  /** Which change was made; the list grows, so expect others. */
  readonly type: Open<
    | "order.paid"
    | "order.created"
    | "subscription.active"
    | "subscription.canceled"
    | "checkout.updated"
    | "customer.state_changed"
  >;
  /** When it was sent, ISO 8601. */
  readonly timestamp: string;
  /** The order, subscription or customer that it happened to. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Polar, which follows Standard Webhooks; the text of the secret is the key, as it is shown.
 *
 * @see https://polar.sh/docs/integrate/webhooks/delivery
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { polar } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(polar, { secret: "the endpoint's secret" });
 * ```
 */
export const polar = row<PolarEvent>({
  name: "polar",
  docs: "https://polar.sh/docs/integrate/webhooks/delivery",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    secret: "utf8",
    signature: { header: "webhook-signature", layout: "v1,{signature}", list: " " },
    timestamp: { header: "webhook-timestamp", unit: "s", tolerance: "5m" },
    id: { header: "webhook-id" },
    content: [id, ".", timestamp, ".", body],
  }),
  key: (_, proof) => proof.id,
  unprotected: "Nothing beyond what every signature leaves open: who holds the secret can sign anything.",
});
