import { X509Certificate } from "node:crypto";
import { ConfigurationError } from "@countersign/core";
import type { Secret } from "@countersign/core/scheme";
import { readCertificate } from "../der/certificate.ts";

export type { X509Certificate };

/** A root certificate that is trusted: the SHA-256 of its DER, in upper-case hexadecimal with colons. */
export type Root = string;

/** A certificate in `x5c` is base64 of its DER (RFC 7515, 4.1.6). Apple's are about a thousand characters. */
const BASE64 = /^[A-Za-z0-9+/]{64,12000}={0,2}$/;

/** A root as a user gives it: the certificate as PEM or DER, or its SHA-256 fingerprint. @throws ConfigurationError */
export function readRoot(secret: Secret): Root {
  const bare = typeof secret === "string" ? secret.replaceAll(":", "").trim().toUpperCase() : "";
  if (/^[0-9A-F]{64}$/.test(bare)) return (bare.match(/../g) as string[]).join(":");
  const certificate = parse(secret as string | Buffer);
  if (certificate?.ca === true) return certificate.fingerprint256;
  throw new ConfigurationError(
    "secret",
    "secret must be the root certificate that is trusted: as PEM or DER, or its SHA-256 fingerprint as hexadecimal.",
  );
}

/** The certificates of an `x5c`, the signer's first; nothing where one of them is none. */
export function readChain(x5c: unknown, length: number): readonly X509Certificate[] | undefined {
  if (!Array.isArray(x5c) || x5c.length !== length) return undefined;
  const chain: X509Certificate[] = [];
  for (const text of x5c as readonly unknown[]) {
    const der = typeof text === "string" && BASE64.test(text) ? Buffer.from(text, "base64") : undefined;
    const certificate = der === undefined ? undefined : parse(der);
    // What is behind the certificate in those bytes would be no part of it.
    if (certificate === undefined || !certificate.raw.equals(der as Buffer)) return undefined;
    chain.push(certificate);
  }
  return chain;
}

function parse(certificate: string | Uint8Array): X509Certificate | undefined {
  try {
    return new X509Certificate(certificate as string | Buffer);
  } catch {
    return undefined;
  }
}

/**
 * What is wrong with a chain that ends in a trusted root, or nothing. From the root downwards, so that no key is worked
 * with which the root did not vouch for.
 *
 * @param now milliseconds since the epoch
 */
export function judgeChain(
  chain: readonly X509Certificate[],
  markers: readonly (string | undefined)[],
  now: number,
): string | undefined {
  for (let index = chain.length - 1; index >= 0; index--) {
    const certificate = chain[index] as X509Certificate;
    const issuer = chain[index + 1] ?? certificate; // The root signed itself.
    const wrong = judgeOne(certificate, issuer, index > 0, markers[index], now);
    if (wrong !== undefined) return `certificate ${index + 1} of its chain ${wrong}`;
  }
  return undefined;
}

function judgeOne(
  certificate: X509Certificate,
  issuer: X509Certificate,
  authority: boolean,
  marker: string | undefined,
  now: number,
): string | undefined {
  const { validFrom, validTo, ca, raw } = certificate;
  // Written so that a time which is none refuses.
  if (!(now >= Date.parse(validFrom) && now <= Date.parse(validTo))) return "is not valid now";
  if (ca !== authority) return authority ? "is not an authority's" : "is an authority's";
  if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey)) return "was not issued by the next";
  const marked = marker === undefined || readCertificate(raw)?.extensions.includes(marker) === true;
  return marked ? undefined : "is not marked for this use";
}
