import { ConfigurationError } from "@countersign/core";
import { type CryptoKey, importJWK, importSPKI, type JWK } from "jose";
import { ALGORITHMS, type Algorithm } from "./algorithms.ts";
import type { Material } from "./material.ts";

/** A public key for one algorithm. @throws ConfigurationError for a key that only looks like one */
export async function importPublic({ key }: Material, algorithm: Algorithm): Promise<CryptoKey> {
  try {
    if (!(key instanceof Uint8Array)) return (await importJWK(key as JWK, algorithm)) as CryptoKey;
    return (await importSPKI(pem(key), algorithm)) as CryptoKey;
  } catch (cause) {
    const error = new ConfigurationError(
      "secret",
      "secret cannot be read as a public key by this platform: copy it whole from the sender's page.",
    );
    error.cause = cause;
    throw error;
  }
}

/** A shared secret for one algorithm. */
export function importShared(bytes: Uint8Array<ArrayBuffer>, algorithm: Algorithm): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytes, ALGORITHMS[algorithm].with, false, ["verify"]);
}

function pem(der: Uint8Array): string {
  let binary = "";
  for (const byte of der) binary += String.fromCharCode(byte);
  return `-----BEGIN PUBLIC KEY-----\n${btoa(binary)}\n-----END PUBLIC KEY-----`;
}
