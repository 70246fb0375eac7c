import { asymmetric } from "../kind/asymmetric.ts";
import { bodyHash, header, id, timestamp } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";

/** How a request in fal's queue ended. */
export interface FalEvent {
  /** Names the request as your own code got it from the queue; every try of a delivery has the same. */
  readonly request_id: string;
  /** The last try of it; mostly the same. */
  readonly gateway_request_id: string;
  /** `"OK"` where the model ended well, even if its result cannot be written as JSON. */
  readonly status: "OK" | "ERROR";
  /** The model's result, or details of the error; `null` where it could not be written as JSON. */
  readonly payload?: unknown;
  /** What went wrong; absent, or `null`, where nothing did. */
  readonly error?: string | null;
  /** What kept the result from being written as JSON; absent where nothing did. */
  readonly payload_error?: string;
}

/**
 * fal.ai: Ed25519 over the request's id, the user, the time and the body's SHA-256. The secret is fal's JWK Set.
 *
 * @see https://docs.fal.ai/model-apis/model-endpoints/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { fal } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(fal, { secret: jwks("https://rest.alpha.fal.ai/.well-known/jwks.json") });
 * ```
 */
export const fal = row<FalEvent>({
  name: "fal",
  docs: "https://docs.fal.ai/model-apis/model-endpoints/webhooks",
  scheme: asymmetric({
    algorithm: "ed25519",
    encoding: "hex",
    publicKey: "jwks",
    signature: { header: "x-fal-webhook-signature" },
    timestamp: { header: "x-fal-webhook-timestamp", unit: "s", tolerance: "5m" },
    id: { header: "x-fal-webhook-request-id" },
    content: [id, "\n", header("x-fal-webhook-user-id"), "\n", timestamp, "\n", bodyHash("sha256", "hex")],
  }),
  retries: "2h",
  unprotected:
    "All customers' requests are signed with the same keys: compare the header X-Fal-Webhook-User-Id, which is signed, with your own.",
});
