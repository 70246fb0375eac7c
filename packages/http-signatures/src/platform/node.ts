import * as crypto from "node:crypto";
import type { Platform } from "./shape.ts";

const { createHash, createHmac, createSecretKey, randomUUID, timingSafeEqual } = crypto;
const NAMES = { "sha-256": "sha256", "sha-512": "sha512" } as const;

/** Node's own; also Bun's and Deno's. Synchronous: a promise costs more than the rest around it. */
export const platform: Platform = {
  // `hash` is missing in Node before 20.12, and in some other runtimes that have `node:crypto`.
  hash:
    typeof crypto.hash === "function"
      ? (algorithm, bytes) => crypto.hash(NAMES[algorithm], bytes, "buffer")
      : (algorithm, bytes) => createHash(NAMES[algorithm]).update(bytes).digest(),
  hmac(secret) {
    const key = createSecretKey(secret);
    const sign = (text: string) => createHmac("sha256", key).update(text, "latin1").digest();
    return { sign, verify: (text, signature) => signature.length === 32 && timingSafeEqual(sign(text), signature) };
  },
  fromBase64: (text) => Buffer.from(text, "base64"),
  nonce: randomUUID,
};
