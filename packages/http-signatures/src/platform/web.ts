import type { Platform } from "./shape.ts";

const NAMES = { "sha-256": "SHA-256", "sha-512": "SHA-512" } as const;
const HMAC = { name: "HMAC", hash: "SHA-256" };
const { subtle } = crypto;

/** WebCrypto: Workers, browsers, and every other runtime with `crypto.subtle`. */
export const platform: Platform = {
  hash: async (algorithm, bytes) => new Uint8Array(await subtle.digest(NAMES[algorithm], bytes)),
  hmac(secret) {
    const key = subtle.importKey("raw", secret, HMAC, false, ["sign", "verify"]);
    key.catch(() => {}); // Seen again by whoever uses it.
    return {
      sign: async (text) => new Uint8Array(await subtle.sign("HMAC", await key, bytesOf(text))),
      verify: async (text, signature) => subtle.verify("HMAC", await key, signature, bytesOf(text)),
    };
  },
  fromBase64: (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0)),
  nonce: () => crypto.randomUUID(),
};

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
