import { ConfigurationError } from "@countersign/core";
import type { Secret } from "@countersign/core/scheme";
import type { CryptoKey } from "jose";
import { fromBase64Url } from "../compact/base64url.ts";
import type { Compact } from "../compact/compact.ts";
import { field, objectOf } from "../compact/json.ts";
import { ALGORITHMS, type Algorithm } from "./algorithms.ts";
import { isShared } from "./choice.ts";
import { importPublic, importShared } from "./import.ts";
import { looksPublic, type Material, readMaterial } from "./material.ts";

/** One key that a token may have been signed with, prepared. */
export interface TokenKey {
  /** Whether it is meant for this algorithm and, where both have a name, by this name. */
  fits(algorithm: string, keyId: string | undefined): boolean;
  /** Whether it signed this. `payload` is as it is signed: encoded, or not. */
  verify(
    token: Pick<Compact, "protected" | "signature">,
    algorithm: string,
    payload: string | Uint8Array,
  ): Promise<boolean>;
}

/**
 * Makes the keys of a scheme. Its algorithms are either all for shared secrets or all for public keys, so that a public
 * key can never be taken for a shared secret.
 */
export function keyMaker(algorithms: readonly Algorithm[]): (secret: Secret) => TokenKey {
  return isShared(algorithms) ? sharedKey : (secret) => publicKey(readMaterial(secret), algorithms);
}

function sharedKey(secret: Secret): TokenKey {
  const bytes = sharedBytes(secret);
  return {
    fits: (algorithm) => ALGORITHMS[algorithm as Algorithm].key === "secret",
    verify: verifier((algorithm) => importShared(bytes, algorithm)),
  };
}

/** Bytes are a copy, text is its UTF-8, a JWK of a shared key is what it encodes. @throws ConfigurationError */
export function sharedBytes(secret: Secret): Uint8Array<ArrayBuffer> {
  if (typeof secret !== "string") return Uint8Array.from(secret);
  const jwk = objectOf(secret);
  const encoded = jwk !== undefined && field(jwk, "kty") === "oct" ? field(jwk, "k") : undefined;
  const bytes = typeof encoded === "string" ? fromBase64Url(encoded) : undefined;
  if (bytes !== undefined && bytes.length > 0) return bytes;
  if (!looksPublic(secret)) return new TextEncoder().encode(secret);
  throw new ConfigurationError(
    "secret",
    "secret must be the shared secret: a public key is known to everybody, and no HMAC under it proves anything.",
  );
}

function publicKey(material: Material, algorithms: readonly Algorithm[]): TokenKey {
  const { type, keyId: name, algorithm: only } = material;
  const usable = algorithms.filter((one) => ALGORITHMS[one].key === type && (only === undefined || only === one));
  if (usable.length === 0)
    throw new ConfigurationError(
      "secret",
      `secret is a key of type ${type}${only === undefined ? "" : " for another algorithm"}; this scheme takes ${algorithms.join(", ")}.`,
    );
  return {
    fits: (algorithm, keyId) =>
      usable.includes(algorithm as Algorithm) && (name === undefined || keyId === undefined || name === keyId),
    verify: verifier((algorithm) => importPublic(material, algorithm)),
  };
}

/** Imports the key once for each algorithm; what is signed is the header as it was written, a full stop, and the payload. */
function verifier(make: (algorithm: Algorithm) => Promise<CryptoKey>): TokenKey["verify"] {
  const made = new Map<string, Promise<CryptoKey>>();
  return async (token, name, payload) => {
    const algorithm = name as Algorithm;
    const key = made.get(name) ?? make(algorithm);
    made.set(name, key);
    const signature = fromBase64Url(token.signature);
    if (signature === undefined) return false;
    const signed = signingInput(token.protected, payload);
    return crypto.subtle.verify(ALGORITHMS[algorithm].with, await key, signature, signed);
  };
}

function signingInput(header: string, payload: string | Uint8Array): Uint8Array<ArrayBuffer> {
  if (typeof payload === "string") return new TextEncoder().encode(`${header}.${payload}`);
  const start = new TextEncoder().encode(`${header}.`);
  const whole = new Uint8Array(start.length + payload.length);
  whole.set(start);
  whole.set(payload, start.length);
  return whole;
}
