import { makeSign, makeVerify } from "#asymmetric";
import type { VerifyContent } from "../crypto/asymmetric-shape.ts";
import { readPublicKey } from "../crypto/key-text.ts";
import { readPrivateKey } from "../crypto/private-key.ts";
import type { Content } from "../crypto/shape.ts";
import { decodeBytes, encodeBytes } from "../lib/bytes.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { SignatureForm } from "../scheme/algorithms.ts";
import { type AsymmetricScheme, KIND, type PublicKeyFormat } from "../scheme/scheme.ts";
import type { SignatureKind } from "../secret/keys.ts";

/** The receiver holds the public key only, and so cannot forge. */
const ASYMMETRIC: SignatureKind<AsymmetricScheme> = {
  key({ algorithm, form, encoding }, secret) {
    const verify = makeVerify(algorithm, form, readPublicKey(algorithm, secret));
    return {
      matches: (content, signatures) =>
        anyMade(
          verify,
          content,
          signatures.map((one) => decodeBytes(one, encoding) as Uint8Array),
          0,
        ),
    };
  },
  signer({ algorithm, form, encoding }, secret) {
    const signContent = makeSign(algorithm, form, readPrivateKey(algorithm, secret));
    return (content) => andThen(signContent(content), (signature) => encodeBytes(signature, encoding));
  },
};

/** Whether one of the signatures, from one on, was made over the content; a promise only where the platform gives one. */
function anyMade(
  verify: VerifyContent,
  content: Content,
  signatures: readonly Uint8Array[],
  from: number,
): MaybePromise<boolean> {
  for (let i = from; i < signatures.length; i++) {
    const found = verify(content, signatures[i] as Uint8Array);
    if (found instanceof Promise) return found.then((made) => made || anyMade(verify, content, signatures, i + 1));
    if (found) return true;
  }
  return false;
}

/**
 * A signature by a private key: ECDSA, RSA or Ed25519. `secret` is then the public key when verifying (PEM, a JWK, base64
 * of its DER, or raw), or a source of them out of `@countersign/core/keys`, and the private key when signing.
 *
 * Keys that prove nothing are refused when the verifier is built: RSA below 2048 bits or with a small exponent, points
 * on no curve or of small order, a private key or a shared secret in the public key's place.
 *
 * @example
 * ```ts
 * import { asymmetric, body, defineProvider, timestamp } from "@countersign/core";
 *
 * const bank = defineProvider({
 *   name: "bank",
 *   docs: "https://example.com/docs/webhooks",
 *   scheme: asymmetric({
 *     algorithm: "ecdsa-p256-sha256",
 *     form: "der",
 *     encoding: "base64",
 *     signature: { header: "bank-signature" },
 *     timestamp: { header: "bank-timestamp", unit: "s", tolerance: "5m" },
 *     content: [timestamp, ".", body],
 *   }),
 * });
 * ```
 */
export function asymmetric(
  scheme: Omit<AsymmetricScheme, "kind" | "form" | "publicKey" | typeof KIND> & {
    /** For ECDSA, how the vendor writes a signature; default `"raw"`. */
    readonly form?: SignatureForm;
    /** How the vendor shows the public key, for people: all forms are taken. Default `"pem"`. */
    readonly publicKey?: PublicKeyFormat;
  },
): AsymmetricScheme {
  const { form = "raw", publicKey = "pem" } = scheme;
  return Object.freeze({ kind: "asymmetric", ...scheme, form, publicKey, [KIND]: ASYMMETRIC });
}
