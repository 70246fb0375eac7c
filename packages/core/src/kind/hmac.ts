import { platform } from "#crypto";
import type { SecretFormat } from "../scheme/encoding.ts";
import { KIND, type MacScheme } from "../scheme/scheme.ts";
import { macSecret } from "../secret/decode.ts";
import type { SignatureKind } from "../secret/keys.ts";

/** Both sides hold the same key, so that who verifies can sign. */
const HMAC: SignatureKind<MacScheme> = {
  key: (scheme, secret) => ({ mac: platform.macKey(scheme.digest, macSecret(secret, scheme.secret)) }),
  signer(scheme, secret) {
    const key = platform.macKey(scheme.digest, macSecret(secret, scheme.secret));
    return (content) => key.mac(content, scheme.encoding);
  },
};

/**
 * A keyed hash over the request.
 *
 * @example
 * ```ts
 * import { body, createVerifier, defineProvider, hmac, timestamp } from "@countersign/core";
 *
 * const acme = defineProvider<{ order: string }>({
 *   name: "acme",
 *   docs: "https://example.com/docs/webhooks",
 *   scheme: hmac({
 *     digest: "sha256",
 *     encoding: "hex",
 *     signature: { header: "acme-signature", layout: "t={timestamp},v1={signature}" },
 *     timestamp: { unit: "s", tolerance: "5m" },
 *     content: [timestamp, ".", body],
 *   }),
 * });
 * createVerifier(acme, { secret: "a long random string" });
 * ```
 */
export function hmac(
  scheme: Omit<MacScheme, "kind" | "secret" | typeof KIND> & {
    /** How the vendor shows the secret; default `"utf8"`: its text is the key. */
    readonly secret?: SecretFormat;
  },
): MacScheme {
  return Object.freeze({ kind: "hmac", ...scheme, secret: scheme.secret ?? "utf8", [KIND]: HMAC });
}
