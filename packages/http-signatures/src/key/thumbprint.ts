import { publicJwk } from "@countersign/core/asymmetric";
import { andThen, type MaybePromise, type Secret } from "@countersign/core/scheme";
import { platform } from "#platform";

/** The JWK thumbprint of a public key with SHA-256, base64url (RFC 7638; RFC 8037, A.3). */
export function thumbprint(key: Secret): MaybePromise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(publicJwk(key)));
  return andThen(platform.hash("sha-256", bytes), (digest) =>
    btoa(String.fromCharCode(...digest))
      .replaceAll("+", "-")
      .replaceAll("/", "_")
      .replaceAll("=", ""),
  );
}

/**
 * The name that a key has by its own bytes: what Web Bot Auth and others want as `keyid` and as `kid`.
 *
 * @param key a public key: PEM, a JWK as JSON text, base64 of DER, or raw
 * @throws ConfigurationError for a key that is weak, private, or cannot be read
 * @example
 * ```ts
 * import { keyThumbprint } from "@countersign/http-signatures";
 *
 * const jwk = '{"kty":"OKP","crv":"Ed25519","x":"JrQLj5P_89iXES9-vFgrIy29clF9CC_oPPsw3c5D0bs"}';
 * console.log(await keyThumbprint(jwk)); // poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U
 * ```
 */
export async function keyThumbprint(key: Secret): Promise<string> {
  return thumbprint(key);
}
