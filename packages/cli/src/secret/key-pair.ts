import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { AsymmetricScheme } from "@countersign/core";
import type { MadeSecret } from "./made.ts";

/** A new key pair for a scheme: the sender's private key, and what the receiver holds, as the vendor shows it. */
export function makeKeyPair({ algorithm, publicKey: form }: AsymmetricScheme): MadeSecret {
  const { privateKey, publicKey } = PAIRS[algorithm]();
  if (algorithm === "ed25519" && (form === "hex" || form === "base64" || form === "whpk")) {
    const [secret, point] = [rawPart(privateKey, "d"), rawPart(publicKey, "x")];
    if (form === "hex") return { secret: secret.toString("hex"), publicKey: point.toString("hex") };
    const [before, behind] = form === "whpk" ? ["whsk_", "whpk_"] : ["", ""];
    return { secret: `${before}${secret.toString("base64")}`, publicKey: `${behind}${point.toString("base64")}` };
  }
  if (form === "base64" || form === "der") {
    return {
      secret: privateKey.export({ format: "der", type: "pkcs8" }).toString("base64"),
      publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
    };
  }
  return {
    secret: privateKey.export({ format: "pem", type: "pkcs8" }).toString().trim(),
    publicKey: publicKey.export({ format: "pem", type: "spki" }).toString().trim(),
  };
}

const rsa = () => generateKeyPairSync("rsa", { modulusLength: 2048 });
const PAIRS = {
  "ecdsa-p256-sha256": () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
  "ecdsa-p384-sha384": () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
  "rsa-pkcs1-sha256": rsa,
  "rsa-pkcs1-sha512": rsa,
  "rsa-pss-sha256": rsa,
  "rsa-pss-sha512": rsa,
  ed25519: () => generateKeyPairSync("ed25519"),
} as const;

function rawPart(key: KeyObject, name: "d" | "x"): Buffer {
  return Buffer.from(key.export({ format: "jwk" })[name] as string, "base64url");
}
