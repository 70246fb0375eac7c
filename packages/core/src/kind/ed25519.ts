import { platform } from "#crypto";
import { fromBase64, fromHex, toBase64, toHex } from "../lib/bytes.ts";
import { andThen } from "../lib/promises.ts";
import { type Ed25519Scheme, KIND } from "../scheme/scheme.ts";
import { privateSeed, publicKey } from "../secret/decode.ts";
import type { SignatureKind } from "../secret/keys.ts";

const ED25519: SignatureKind<Ed25519Scheme> = {
  key(scheme, secret) {
    const verify = platform.verifyKey(publicKey(secret, scheme.publicKey));
    const decode = scheme.encoding === "hex" ? fromHex : fromBase64;
    return {
      async matches(content, signatures) {
        for (const signature of signatures) if (await verify(content, decode(signature) as Uint8Array)) return true;
        return false;
      },
    };
  },
  signer(scheme, secret) {
    const signBytes = platform.signKey(privateSeed(secret, scheme.publicKey));
    const encode = scheme.encoding === "hex" ? toHex : toBase64;
    return (content) => andThen(signBytes(content), encode);
  },
};

/**
 * An Ed25519 signature: the receiver holds the public key only, and so cannot forge. `secret` is then the public key
 * when verifying and the private key when signing.
 *
 * @example
 * ```ts
 * import { body, defineProvider, ed25519, timestamp } from "@countersign/core";
 *
 * const bot = defineProvider({
 *   name: "bot",
 *   docs: "https://docs.discord.com/developers/interactions/overview",
 *   scheme: ed25519({
 *     encoding: "hex",
 *     publicKey: "hex",
 *     signature: { header: "x-signature-ed25519" },
 *     timestamp: { header: "x-signature-timestamp", unit: "s", tolerance: "5m" },
 *     content: [timestamp, body],
 *   }),
 * });
 * ```
 */
export function ed25519(scheme: Omit<Ed25519Scheme, "kind" | typeof KIND>): Ed25519Scheme {
  return Object.freeze({ kind: "ed25519", ...scheme, [KIND]: ED25519 });
}
