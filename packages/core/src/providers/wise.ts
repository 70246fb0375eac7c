import { asymmetric } from "../kind/asymmetric.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** An event of the second version of Wise's schema. */
export interface WiseEvent {
  /** The resource (`id`, `type`, `profile_id`) and its state; what else it holds depends on `event_type`. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Names your subscription: all customers' events are signed with one key, and this tells yours. */
  readonly subscription_id: string;
  /** Such as `"transfers#state-change"`. */
  readonly event_type: string;
  /** Version of the form of `data`, such as `"2.0.0"`; chosen when you subscribe. */
  readonly schema_version: string;
  /** When it was sent, ISO 8601. */
  readonly sent_at: string;
}

/**
 * Wise: RSA with SHA-256 over the body. The secret is the public key of Wise's environment in PEM: production and sandbox
 * have one each, on the page about webhooks.
 *
 * @see https://docs.wise.com/guides/developer/webhooks/event-handling
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { pem } from "@countersign/core/keys";
 * import { wise } from "@countersign/core/providers";
 *
 * export const receiver = (publicKey: string) => createVerifier(wise, { secret: pem(publicKey) });
 * ```
 */
export const wise = row<WiseEvent>({
  name: "wise",
  docs: "https://docs.wise.com/guides/developer/webhooks/event-handling",
  scheme: asymmetric({
    algorithm: "rsa-pkcs1-sha256",
    encoding: "base64",
    signature: { header: "x-signature-sha256" },
    content: [body],
  }),
  retries: "336h",
  unprotected:
    "No time is signed, nor the header X-Delivery-Id, and all customers' events are signed with the same key: compare subscription_id with your own; without a replay store, a request can be repeated for ever.",
});
