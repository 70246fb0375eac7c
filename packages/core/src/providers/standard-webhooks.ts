import { ed25519 } from "../kind/ed25519.ts";
import { hmac } from "../kind/hmac.ts";
import { body, id, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** What the specification recommends that a payload holds. Senders may send anything else. */
export interface StandardWebhooksEvent {
  /** Full-stop delimited, such as `user.created`. */
  readonly type?: string;
  /** When it happened, ISO 8601. */
  readonly timestamp?: string;
  /** What the event is about, in any shape that the sender chooses. */
  readonly data?: unknown;
  readonly [field: string]: unknown;
}

// The specification recommends to retry over days; a retry keeps its id.
const RETRIES = "76h";

const UNPROTECTED = "Nothing beyond what every signature leaves open: who holds the secret can sign anything.";

/**
 * Standard Webhooks, symmetric: HMAC-SHA256 over id, time and body. The secret is base64, with or without `whsec_`.
 * The id is signed and stays the same over retries: it is the idempotency key.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @example
 * ```ts
 * import { createVerifier, sign } from "@countersign/core";
 * import { standardWebhooks } from "@countersign/core/providers";
 *
 * const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
 * const body = '{"type":"user.created","data":{"id":"u_1"}}';
 * const headers = await sign(standardWebhooks, { secret, body, id: "msg_1" });
 * const delivery = await createVerifier(standardWebhooks, { secret }).verify({ method: "POST", headers, body });
 * console.log(delivery.id, delivery.payload.type); // msg_1 user.created
 * ```
 */
export const standardWebhooks = row<StandardWebhooksEvent>({
  name: "standard-webhooks",
  docs: "https://www.standardwebhooks.com",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    secret: "whsec",
    signature: { header: "webhook-signature", layout: "v1,{signature}", list: " " },
    timestamp: { header: "webhook-timestamp", unit: "s", tolerance: "5m" },
    id: { header: "webhook-id" },
    content: [id, ".", timestamp, ".", body],
  }),
  key: (_, proof) => proof.id,
  emptyBody: true,
  retries: RETRIES,
  sortedKeys: true,
  unprotected: UNPROTECTED,
});

/**
 * Standard Webhooks, asymmetric (`v1a`): Ed25519 over the same content. Receivers hold the public key (`whpk_…`) and
 * cannot forge; the sender's is `whsk_…`, 64 bytes of which the second half is the public key.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 * @example
 * ```ts
 * import { createVerifier, sign } from "@countersign/core";
 * import { standardWebhooksAsymmetric } from "@countersign/core/providers";
 *
 * const body = '{"type":"user.created"}';
 * const privateKey = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==";
 * const headers = await sign(standardWebhooksAsymmetric, { secret: privateKey, body, id: "msg_1" });
 * const verifier = createVerifier(standardWebhooksAsymmetric, { secret: "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=" });
 * console.log((await verifier.verify({ method: "POST", headers, body })).id); // msg_1
 * ```
 */
export const standardWebhooksAsymmetric = row<StandardWebhooksEvent>({
  name: "standard-webhooks-asymmetric",
  docs: "https://www.standardwebhooks.com",
  scheme: ed25519({
    encoding: "base64",
    publicKey: "whpk",
    signature: { header: "webhook-signature", layout: "v1a,{signature}", list: " " },
    timestamp: { header: "webhook-timestamp", unit: "s", tolerance: "5m" },
    id: { header: "webhook-id" },
    content: [id, ".", timestamp, ".", body],
  }),
  key: (_, proof) => proof.id,
  emptyBody: true,
  retries: RETRIES,
  sortedKeys: true,
  unprotected: UNPROTECTED,
});
