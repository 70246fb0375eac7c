import { ConfigurationError } from "@countersign/core";
import { signWith } from "@countersign/core/asymmetric";
import type { MaybePromise, Secret } from "@countersign/core/scheme";
import { ASYMMETRIC, type AsymmetricSignature, type SignatureAlgorithm } from "./algorithms.ts";
import { jwkMembers, keyIdOf } from "./jwk.ts";
import { sharedSecret } from "./shared-secret.ts";
import { thumbprint } from "./thumbprint.ts";
import type { KeyRules } from "./verifying-key.ts";

/** A key that signs, and the one algorithm that it signs with. */
export interface SigningKey {
  readonly algorithm: SignatureAlgorithm;
  /** The name that it gives itself (`kid`). */
  readonly keyId: string | undefined;
  /** Signs a text of ASCII. */
  sign(text: string): MaybePromise<Uint8Array>;
  /** The name that its public half has by its bytes. @throws ConfigurationError where only a JWK would show that half */
  thumbprint(): MaybePromise<string>;
}

const encoder = new TextEncoder();

/** Prepares a private key, or a shared secret. @throws ConfigurationError for one that serves none of the algorithms, or several */
export function signingKey(secret: Secret, { algorithms, secretFormat }: KeyRules): SigningKey {
  if (algorithms.includes("hmac-sha256")) {
    const { sign } = sharedSecret(secret, secretFormat);
    return { algorithm: "hmac-sha256", keyId: undefined, sign, thumbprint: noPublicHalf };
  }
  const found: SigningKey[] = [];
  let why: unknown;
  for (const algorithm of algorithms as readonly AsymmetricSignature[]) {
    try {
      const sign = signWith(secret, { algorithm: ASYMMETRIC.get(algorithm) as "ed25519" });
      const own = () => thumbprint(publicHalf(secret));
      found.push({ algorithm, keyId: keyIdOf(secret), sign: (text) => sign(encoder.encode(text)), thumbprint: own });
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      why = /needs an? /.test(error.message) ? (why ?? error) : error;
    }
  }
  const [first, ...more] = found;
  if (first === undefined) throw why;
  if (more.length === 0) return first;
  const names = found.map(({ algorithm }) => algorithm).join(" and ");
  throw new ConfigurationError("algorithms", `The key serves ${names}: name the one to sign with in algorithms.`);
}

function publicHalf(secret: Secret): string {
  const jwk = jwkMembers(secret);
  if (jwk === undefined) return noPublicHalf();
  const { kty, crv, x, y, n, e } = jwk;
  return JSON.stringify({ kty, crv, x, y, n, e });
}

function noPublicHalf(): never {
  throw new ConfigurationError(
    "sign.keyId",
    "keyid is the thumbprint of the public key: give the private key as a JWK, which has both halves, or sign.keyId.",
  );
}
