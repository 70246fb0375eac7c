import type { AsymmetricAlgorithm } from "@countersign/core/asymmetric";

/** The algorithms of IANA's registry of HTTP signature algorithms, by the names that `alg` has. */
export type SignatureAlgorithm = AsymmetricSignature | "hmac-sha256";

/** Those whose signer alone can sign. */
export type AsymmetricSignature =
  | "rsa-pss-sha512"
  | "rsa-v1_5-sha256"
  | "ecdsa-p256-sha256"
  | "ecdsa-p384-sha384"
  | "ed25519";

/** What core calls them. ECDSA signatures are r and s at their full length (RFC 9421, 3.3.4). */
export const ASYMMETRIC: ReadonlyMap<AsymmetricSignature, AsymmetricAlgorithm> = new Map([
  ["ed25519", "ed25519"],
  ["ecdsa-p256-sha256", "ecdsa-p256-sha256"],
  ["ecdsa-p384-sha384", "ecdsa-p384-sha384"],
  ["rsa-pss-sha512", "rsa-pss-sha512"],
  ["rsa-v1_5-sha256", "rsa-pkcs1-sha256"],
]);

/** All that can be named. */
export const SIGNATURE_ALGORITHMS: readonly SignatureAlgorithm[] = [...ASYMMETRIC.keys(), "hmac-sha256"];
