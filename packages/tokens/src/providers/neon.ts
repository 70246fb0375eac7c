import { defineProvider } from "@countersign/core";
import { jws } from "../jws/jws.ts";

/** Something that happened, or is about to, in the sign-up or sign-in of a user. */
export interface NeonAuthEvent {
  /** A UUID, the same in each retry. */
  readonly event_id: string;
  /** `send.otp`, `send.magic_link`, `user.before_create` or `user.created`. */
  readonly event_type: string;
  /** RFC 3339. */
  readonly timestamp?: string;
  /** The person who signs up or in, as far as known. */
  readonly user?: Readonly<Record<string, unknown>>;
  /** A one-time password, a link or a provider, depending on the event. */
  readonly event_data?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/**
 * Neon Auth: a detached JWS (EdDSA) whose payload is the time and the body, the latter in base64url. Keys: `jwks()` of
 * `<NEON_AUTH_URL>/.well-known/jwks.json`.
 *
 * @see https://neon.com/docs/auth/guides/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { jwks } from "@countersign/core/keys";
 * import { neon } from "@countersign/tokens/providers";
 *
 * const verifier = createVerifier(neon, {
 *   secret: jwks("https://ep-example.neonauth.us-east-2.aws.neon.tech/neondb/auth/.well-known/jwks.json"),
 * });
 * ```
 */
export const neon = defineProvider<NeonAuthEvent>({
  name: "neon",
  docs: "https://neon.com/docs/auth/guides/webhooks",
  scheme: jws({
    header: "x-neon-signature",
    algorithms: ["EdDSA"],
    keyIdHeader: "x-neon-signature-kid",
    timestamp: { header: "x-neon-timestamp", unit: "ms", tolerance: "5m" },
    payload: [{ part: "timestamp" }, ".", { part: "body", encoding: "base64url" }],
  }),
  key: ({ event_id }) => (typeof event_id === "string" ? event_id : undefined),
  retries: "15s",
  unprotected: "The headers x-neon-event-type and x-neon-event-id are not signed: read them from the body.",
});
