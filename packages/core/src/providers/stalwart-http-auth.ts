import { token } from "../kind/token.ts";
import { checkUsername } from "../scheme/check.ts";
import { type Provider, row } from "../scheme/provider.ts";
import { checkOptions } from "./fields.ts";
import { type StalwartPayload, stalwart } from "./stalwart.ts";

/** How the webhook's `httpAuth` is set: `Basic` where a user name stands here, else `Bearer`. */
export interface StalwartHttpAuthOptions {
  /** For `Basic`: its `username`; the verifier's secret is the password. Absent for `Bearer`, whose token the secret is. */
  readonly username?: string;
}

/**
 * Stalwart webhooks with `httpAuth` and no `signatureKey`: a user name and a password, or a bearer token, and no
 * signature. Where a key can be set, set one and use `stalwart`.
 *
 * @throws ConfigurationError for a user name that Basic authentication cannot carry, or an unknown option
 * @see https://stalw.art/docs/telemetry/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { stalwartHttpAuth } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(stalwartHttpAuth({ username: "stalwart" }), { secret: "the password" });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { authorization: "Basic c3RhbHdhcnQ6dGhlIHBhc3N3b3Jk" },
 *   body: '{"events":[]}',
 * });
 * console.log(payload.events.length); // 0
 * ```
 */
export function stalwartHttpAuth(options: StalwartHttpAuthOptions = {}): Provider<StalwartPayload> {
  checkOptions(options, ["username"], "stalwartHttpAuth()");
  const { username } = options;
  checkUsername(username, "username");
  const header = "authorization";
  return row<StalwartPayload>({
    ...stalwart,
    name: "stalwart-http-auth",
    scheme:
      username === undefined ? token({ header, prefix: "Bearer " }) : token({ header, prefix: "Basic ", username }),
    unprotected:
      "Nothing is signed: whoever learns the credential can send any body, at any time, as often as they like.",
  });
}
