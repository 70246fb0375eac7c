import { table } from "../lib/table.ts";

/**
 * A signature by a private key, which the receiver does not have. `rsa-pss-…` has a salt as long as its hash (as RFC
 * 7518 and RFC 9421 ask).
 */
export type AsymmetricAlgorithm = keyof typeof ALGORITHMS;

/** How an ECDSA signature is written: as two DER integers, or as r and s at their full length. All others are `"raw"`. */
export type SignatureForm = "der" | "raw";

/** What kind of key it is: an RSA modulus and exponent, a point of a curve, or 32 bytes. */
export type KeyType = "rsa" | "P-256" | "P-384" | "ed25519";

/** One algorithm, as both platforms and the checks of keys need it. */
export interface AlgorithmRow {
  readonly key: KeyType;
  /** The hash under it; absent for Ed25519, which brings its own. */
  readonly hash?: "sha256" | "sha384" | "sha512";
  /** For RSA: how the hash is padded. */
  readonly padding?: "pkcs1" | "pss";
  /** Its names in a JWK's `alg` (RFC 7518, RFC 8037, RFC 9864). */
  readonly jwa: readonly string[];
  /** Its name in RFC 9421, where that is not ours. */
  readonly http?: string;
  /** Its length in bytes at full length; absent for RSA, whose signatures are as long as the modulus. */
  readonly bytes?: number;
}

/** Every algorithm by its name, with what differs between them. */
export const ALGORITHMS = table({
  "ecdsa-p256-sha256": { key: "P-256", hash: "sha256", jwa: ["ES256"], bytes: 64 },
  "ecdsa-p384-sha384": { key: "P-384", hash: "sha384", jwa: ["ES384"], bytes: 96 },
  "rsa-pkcs1-sha256": { key: "rsa", hash: "sha256", padding: "pkcs1", jwa: ["RS256"], http: "rsa-v1_5-sha256" },
  "rsa-pkcs1-sha512": { key: "rsa", hash: "sha512", padding: "pkcs1", jwa: ["RS512"] },
  "rsa-pss-sha256": { key: "rsa", hash: "sha256", padding: "pss", jwa: ["PS256"] },
  "rsa-pss-sha512": { key: "rsa", hash: "sha512", padding: "pss", jwa: ["PS512"] },
  ed25519: { key: "ed25519", jwa: ["EdDSA", "Ed25519"], bytes: 64 },
} as const satisfies Record<string, AlgorithmRow>);

export const ALGORITHM_NAMES = Object.freeze(Object.keys(ALGORITHMS)) as readonly AsymmetricAlgorithm[];

/** The row of an algorithm. */
export function algorithmRow(algorithm: AsymmetricAlgorithm): AlgorithmRow {
  return ALGORITHMS[algorithm];
}

/** An algorithm by one of its names: ours, a JWK's, or that of RFC 9421. */
export function algorithmNamed(name: string): AsymmetricAlgorithm | undefined {
  return BY_NAME.get(name);
}

const BY_NAME = new Map<string, AsymmetricAlgorithm>();
for (const name of ALGORITHM_NAMES) {
  const { jwa, http = name } = algorithmRow(name);
  for (const one of [name, http, ...jwa]) BY_NAME.set(one, name);
}
