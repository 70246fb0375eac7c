import { hmac } from "../kind/hmac.ts";
import { body, id, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import type { StandardWebhooksEvent } from "./standard-webhooks.ts";

/**
 * Svix, and whoever sends through it: Standard Webhooks under the names `svix-id`, `svix-timestamp` and
 * `svix-signature`. Senders that use the `webhook-` names are `standardWebhooks`.
 *
 * @see https://docs.svix.com/receiving/verifying-payloads/how-manual
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { svix } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(svix, { secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", clock: { now: () => 1614265330_000 } });
 * const { id } = await verifier.verify({
 *   method: "POST",
 *   headers: {
 *     "svix-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
 *     "svix-timestamp": "1614265330",
 *     "svix-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
 *   },
 *   body: '{"test": 2432232314}',
 * });
 * console.log(id); // msg_p5jXN8AQM9LWM0D4loKWxJek
 * ```
 */
export const svix = row<StandardWebhooksEvent>({
  name: "svix",
  docs: "https://docs.svix.com/receiving/verifying-payloads/how-manual",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    secret: "whsec",
    signature: { header: "svix-signature", layout: "v1,{signature}", list: " " },
    timestamp: { header: "svix-timestamp", unit: "s", tolerance: "5m" },
    id: { header: "svix-id" },
    content: [id, ".", timestamp, ".", body],
  }),
  key: (_, proof) => proof.id,
  emptyBody: true,
  // Eight attempts, the last about 28 hours after the first.
  retries: "28h",
  sortedKeys: true,
  unprotected: "Nothing beyond what every signature leaves open: who holds the secret can sign anything.",
});
