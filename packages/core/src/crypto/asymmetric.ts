import { makeSign, makeVerify } from "#asymmetric";
import { toBase64Url } from "../lib/bytes.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { AsymmetricAlgorithm, SignatureForm } from "../scheme/algorithms.ts";
import type { Secret } from "../scheme/secret.ts";
import { faultsAs, publicParts, readPublicKey } from "./key-text.ts";
import { readPrivateKey } from "./private-key.ts";

export type { AsymmetricAlgorithm, SignatureForm } from "../scheme/algorithms.ts";

/** What a key is for. A key alone does not say: one of RSA serves four algorithms. */
export interface KeyUse {
  /** Such as `"ecdsa-p256-sha256"`. A key that cannot serve it is refused when it is prepared. */
  readonly algorithm: AsymmetricAlgorithm;
  /** How an ECDSA signature is written; default `"raw"`. */
  readonly form?: SignatureForm;
  /** How the key is called in errors; default `"secret"`. */
  readonly option?: string;
}

/** Whether a signature was made over the bytes. One of a wrong form is just not. */
export type Verify = (bytes: Uint8Array, signature: Uint8Array) => MaybePromise<boolean>;

/** The signature over the bytes. */
export type Sign = (bytes: Uint8Array) => MaybePromise<Uint8Array>;

/**
 * Prepares a public key for schemes of your own: PEM, a JWK as JSON text, base64 of DER, or raw. Weak keys are refused.
 *
 * @throws ConfigurationError for one that is weak, private, of another algorithm, or cannot be read
 */
export function verifyWith(key: Secret, { algorithm, form = "raw", option }: KeyUse): Verify {
  const verify = makeVerify(algorithm, form, readPublicKey(algorithm, key, option));
  return (bytes, signature) => verify({ before: "", body: bytes, after: "" }, signature);
}

/**
 * Prepares a private key for schemes of your own.
 *
 * @throws ConfigurationError for one that is weak, public, encrypted, of another algorithm, or cannot be read
 */
export function signWith(key: Secret, { algorithm, form = "raw", option }: KeyUse): Sign {
  const sign = makeSign(algorithm, form, readPrivateKey(algorithm, key, option));
  return (bytes) => sign({ before: "", body: bytes, after: "" });
}

/** The members that a public key must have (RFC 7638, 3.2), in their order there. */
export type PublicJwk = Readonly<Record<string, string>>;

/**
 * A public key, however it is written, as the members of its JWK: what a thumbprint is made of, and a key set holds.
 *
 * @throws ConfigurationError for one that is weak, private, or cannot be read
 */
export function publicJwk(key: Secret, option = "secret"): PublicJwk {
  const parts = faultsAs(option, () => publicParts(key));
  if (parts.type === "rsa") return { e: toBase64Url(parts.exponent), kty: "RSA", n: toBase64Url(parts.modulus) };
  if (parts.type === "ed25519") return { crv: "Ed25519", kty: "OKP", x: toBase64Url(parts.point) };
  const size = (parts.point.length - 1) / 2;
  const x = toBase64Url(parts.point.subarray(1, 1 + size));
  return { crv: parts.type, kty: "EC", x, y: toBase64Url(parts.point.subarray(1 + size)) };
}
