import { randomBytes } from "node:crypto";
import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import { makeKeyPair } from "./key-pair.ts";
import type { MadeSecret } from "./made.ts";

const BYTES = 32;

/** Draws a secret of 256 bits; without a provider, one that every text will do for. */
export function makeSecret(provider: Provider<any> | undefined): MadeSecret {
  const scheme = provider?.scheme;
  if (scheme?.kind === "asymmetric") return makeKeyPair(scheme);
  const bytes = randomBytes(BYTES);
  if (scheme === undefined || isProof(scheme)) return { secret: bytes.toString("base64url") };
  return { secret: WRITTEN[scheme.secret](bytes) };
}

const WRITTEN = {
  utf8: (bytes: Buffer) => bytes.toString("base64url"),
  hex: (bytes: Buffer) => bytes.toString("hex"),
  base64: (bytes: Buffer) => bytes.toString("base64"),
  whsec: (bytes: Buffer) => `whsec_${bytes.toString("base64")}`,
} as const;
