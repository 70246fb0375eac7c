import { ConfigurationError } from "@countersign/core";
import type { Secret } from "@countersign/core/scheme";
import { type CryptoKey, importJWK, importPKCS8, type JWK } from "jose";
import { field, objectOf, textOf } from "../compact/json.ts";
import { ALGORITHMS, type Algorithm } from "./algorithms.ts";
import { isShared } from "./choice.ts";
import { sharedBytes } from "./token-key.ts";

/** What a token of our own is signed with. */
export interface SigningKey {
  readonly algorithm: Algorithm;
  /** For the token's `kid`, where the key has a name. */
  readonly keyId: string | undefined;
  readonly material: CryptoKey | Uint8Array;
}

/** Reads the first secret as a private key, once: a JWK as JSON, PKCS #8 as PEM, or the shared secret. */
export function readSigningKey(
  secrets: readonly Secret[],
  algorithms: readonly Algorithm[],
): () => Promise<SigningKey> {
  const [secret] = secrets;
  if (secret === undefined) throw new ConfigurationError("secret", "secret must be the key to sign with.");
  const algorithm = algorithms[0] as Algorithm;
  if (isShared(algorithms)) {
    const key = { algorithm, keyId: undefined, material: sharedBytes(secret) };
    return () => Promise.resolve(key);
  }
  const text = typeof secret === "string" ? secret : (textOf(secret) ?? "");
  const jwk = objectOf(text);
  if (jwk === undefined && !text.includes("-----BEGIN PRIVATE KEY-----"))
    throw new ConfigurationError(
      "secret",
      "secret must be the private key to sign with: a JWK as JSON, or PKCS #8 as PEM.",
    );
  let made: Promise<SigningKey> | undefined;
  return () => (made ??= jwk === undefined ? fromPem(text, algorithm) : fromJwk(jwk, algorithms));
}

async function fromPem(text: string, algorithm: Algorithm): Promise<SigningKey> {
  return { algorithm, keyId: undefined, material: await importPKCS8(text, algorithm) };
}

/** A JWK may say which of the algorithms it is for; else the first that takes keys of its type. */
async function fromJwk(jwk: Readonly<Record<string, unknown>>, algorithms: readonly Algorithm[]): Promise<SigningKey> {
  const type = field(jwk, "kty") === "RSA" ? "RSA" : field(jwk, "crv");
  const said = field(jwk, "alg");
  const algorithm = algorithms.find((name) => ALGORITHMS[name].key === type && (said === undefined || said === name));
  if (algorithm === undefined || field(jwk, "d") === undefined)
    throw new ConfigurationError("secret", `secret must be a private key for ${algorithms.join(" or ")}.`);
  const keyId = field(jwk, "kid");
  const material = await importJWK(jwk as JWK, algorithm);
  return { algorithm, keyId: typeof keyId === "string" ? keyId : undefined, material };
}

/** When it is signed, in the scheme's unit, in which a number is given already. @param unit milliseconds in one */
export function signedAt(timestamp: Date | number | undefined, unit: number): number {
  return typeof timestamp === "number" ? timestamp : Math.floor((timestamp?.getTime() ?? Date.now()) / unit);
}
