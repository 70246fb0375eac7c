import { ConfigurationError } from "@countersign/core";
import type { Secret } from "@countersign/core/scheme";
import { fromBase64Url } from "../compact/base64url.ts";
import { readMaterial } from "../key/material.ts";

/** The key of one of SNS's certificates: by hash, whether it signed this text. */
export type CertificateKey = (hash: "SHA-1" | "SHA-256", signature: string, signed: string) => Promise<boolean>;

/** @throws ConfigurationError unless it is a certificate, or a public key, for RSA */
export function certificateKey(secret: Secret): CertificateKey {
  const { type, key } = readMaterial(secret);
  if (type !== "RSA" || !(key instanceof Uint8Array))
    throw new ConfigurationError("secret", "secret must be SNS's certificate, as PEM: snsCertificates() fetches it.");
  const imported = new Map<string, ReturnType<typeof crypto.subtle.importKey>>();
  return async function verify(hash, signature, signed) {
    const algorithm = { name: "RSASSA-PKCS1-v1_5", hash };
    const made = imported.get(hash) ?? crypto.subtle.importKey("spki", key, algorithm, false, ["verify"]);
    imported.set(hash, made);
    const bytes = fromBase64Url(signature.replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_"));
    if (bytes === undefined) return false;
    return crypto.subtle.verify(algorithm, await made, bytes, new TextEncoder().encode(signed));
  };
}
