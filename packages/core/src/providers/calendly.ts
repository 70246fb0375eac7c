import { hmac } from "../kind/hmac.ts";
import { body, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { joinKey, type Open, textAt } from "./fields.ts";

/** Something that happened to a booking or a routing form. */
export interface CalendlyEvent {
  /** What happened: a thing and a verb in the past, such as `invitee.created`. */
  readonly event: Open<
    "invitee.created" | "invitee.canceled" | "invitee_no_show.created" | "routing_form_submission.created"
  >;
  /** RFC 3339. */
  readonly created_at: string;
  /** URI of the Calendly user who made the webhook subscription. */
  readonly created_by: string;
  /** The invitee, no-show or submission that it happened to, as Calendly's API gives it. */
  readonly payload: {
    /** Address of that resource in Calendly's API; part of the idempotency key. */
    readonly uri: string;
    readonly [field: string]: unknown;
  };
  readonly [field: string]: unknown;
}

/**
 * Calendly: HMAC-SHA256 over time and body, three minutes of tolerance as in Calendly's own sample. Without a signing key
 * Calendly sends no signature; such requests are refused.
 *
 * @see https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { calendly } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(calendly, { secret: "the signing key" });
 * ```
 */
export const calendly = row<CalendlyEvent>({
  name: "calendly",
  docs: "https://developer.calendly.com/api-docs/overview/webhooks/webhook-signatures",
  scheme: hmac({
    digest: "sha256",
    encoding: "hex",
    signature: { header: "calendly-webhook-signature", layout: "t={timestamp},v1={signature}" },
    timestamp: { unit: "s", tolerance: "3m" },
    content: [timestamp, ".", body],
  }),
  key: (event) => joinKey(textAt(event, "event"), textAt(event, "payload", "uri"), textAt(event, "created_at")),
  retries: "24h",
  unprotected: "There is no delivery id; the key is made of event, URI and time of creation.",
});
