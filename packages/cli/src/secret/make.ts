import { generateKeyPairSync, randomBytes } from "node:crypto";
import type { Provider } from "@countersign/core";
import { isProof } from "@countersign/core/scheme";

/** A new secret in the form that a provider reads. */
export interface MadeSecret {
  readonly secret: string;
  /** For Ed25519: what the receiver holds. The secret is then the sender's. */
  readonly publicKey?: string;
}

const BYTES = 32;

/** Draws a secret of 256 bits; without a provider, one that every text will do for. */
export function makeSecret(provider: Provider<any> | undefined): MadeSecret {
  const scheme = provider?.scheme;
  if (scheme?.kind === "ed25519") return keyPair(scheme.publicKey);
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

function keyPair(form: "hex" | "base64" | "whpk"): MadeSecret {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const part = (key: typeof privateKey, name: "d" | "x") =>
    Buffer.from(key.export({ format: "jwk" })[name] as string, "base64url");
  const [seed, point] = [part(privateKey, "d"), part(publicKey, "x")];
  if (form === "hex") return { secret: seed.toString("hex"), publicKey: point.toString("hex") };
  const [before, behind] = form === "whpk" ? ["whsk_", "whpk_"] : ["", ""];
  return { secret: `${before}${seed.toString("base64")}`, publicKey: `${behind}${point.toString("base64")}` };
}
