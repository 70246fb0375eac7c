import { defineProvider, type Provider } from "@countersign/core";
import { jwt } from "../jwt/jwt.ts";
import type { Algorithm } from "../key/algorithms.ts";

/** One webhook request of FusionAuth, which tells one event. */
export interface FusionAuthWebhook {
  /** Other fields depend on what happened: a user, a login, a group. */
  readonly event: {
    /** What happened, such as `user.create`. */
    readonly type: string;
    /** Unique for the event, the same in each try. */
    readonly id: string;
    /** Milliseconds since the epoch. */
    readonly createInstant: number;
    /** The tenant that it happened in, a UUID. */
    readonly tenantId?: string;
    readonly [field: string]: unknown;
  };
}

/** How the webhook's key signs, for {@link fusionAuth}. */
export interface FusionAuthOptions {
  /** The algorithms of the webhook's signing key; `["HS256"]` and its like where that is an HMAC key. Default those of RSA and EC keys. */
  readonly algorithms?: readonly Algorithm[];
}

/**
 * FusionAuth: a JWT whose `request_body_sha256` is the hash of the body. Keys: `jwks()` of
 * `https://<your FusionAuth>/.well-known/jwks.json`, or the text of an HMAC key.
 *
 * @see https://fusionauth.io/docs/extend/events-and-webhooks/signing
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { fusionAuth } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(fusionAuth(), { secret: jwks("https://auth.example.com/.well-known/jwks.json") });
 * ```
 */
export function fusionAuth(options: FusionAuthOptions = {}): Provider<FusionAuthWebhook> {
  const { algorithms = ["RS256", "RS384", "RS512", "ES256", "ES384", "ES512"] } = options;
  return defineProvider<FusionAuthWebhook>({
    name: "fusionauth",
    docs: "https://fusionauth.io/docs/extend/events-and-webhooks/signing",
    scheme: jwt({
      header: "x-fusionauth-signature-jwt",
      algorithms,
      bodyHash: { claim: "request_body_sha256", encoding: "base64" },
    }),
    key: ({ event }) => (typeof event?.id === "string" ? event.id : undefined),
    unprotected:
      "No time is signed, and the token names no receiver: without a replay store a request can be repeated for as long as the key is in use, also one that was sent to another webhook under the same key. Give each webhook a key of its own.",
  });
}
