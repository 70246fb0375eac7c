import { encodeBytes, toBase64Url, toBytes } from "../lib/bytes.ts";
import type { Digest, Encoding } from "../scheme/encoding.ts";
import type { Content, MacKey, Platform } from "./shape.ts";

const HASH: Readonly<Record<Digest, string>> = {
  sha1: "SHA-1",
  sha256: "SHA-256",
  sha384: "SHA-384",
  sha512: "SHA-512",
};

interface Subtle {
  importKey(
    format: string,
    key: Uint8Array,
    algorithm: unknown,
    extractable: boolean,
    usages: string[],
  ): Promise<object>;
  sign(algorithm: string, key: object, data: Uint8Array): Promise<ArrayBuffer>;
  digest(algorithm: string, data: Uint8Array): Promise<ArrayBuffer>;
}
const webcrypto = (globalThis as unknown as { crypto: { subtle: Subtle; randomUUID(): string } }).crypto;
const { subtle } = webcrypto;
const encoder = new TextEncoder();

/** WebCrypto hashes in one shot only, so the content is brought together first. */
function whole(content: Content): Uint8Array {
  const { before, after } = content;
  const body = toBytes(content.body);
  if (before === "" && after === "") return body;
  const bytes = new Uint8Array(before.length + body.length + after.length);
  const end = writeLatin1(before, bytes, 0);
  bytes.set(body, end);
  writeLatin1(after, bytes, end + body.length);
  return bytes;
}

function writeLatin1(text: string, into: Uint8Array, start: number): number {
  for (let i = 0; i < text.length; i++) into[start + i] = text.charCodeAt(i);
  return start + text.length;
}

function macKey(digest: Digest, secret: Uint8Array): MacKey {
  // Imported once; a key whose import failed is tried again, so that one fault is not for ever.
  let imported: Promise<object> | undefined;
  const key = () => {
    imported ??= subtle
      .importKey("raw", secret, { name: "HMAC", hash: HASH[digest] }, false, ["sign"])
      .catch((error) => {
        imported = undefined;
        throw error;
      });
    return imported;
  };
  return {
    async mac(content: Content, encoding: Encoding) {
      const bytes = new Uint8Array(await subtle.sign("HMAC", await key(), whole(content)));
      return encodeBytes(bytes, encoding);
    },
  };
}

async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest("SHA-256", bytes));
}

/** WebCrypto: Workers, browsers, and every other runtime with `crypto.subtle`. */
export const platform: Platform = {
  readsText: () => false,
  macKey,
  contentDigest: async (content) => toBase64Url(await sha256(whole(content))),
  textDigest: async (text) => toBase64Url(await sha256(encoder.encode(text))),
  digest: async (digest, body, encoding) =>
    encodeBytes(new Uint8Array(await subtle.digest(HASH[digest], toBytes(body))), encoding),
  equal(a, b) {
    if (a.length !== b.length) return false;
    let difference = 0;
    for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
    return difference === 0;
  },
  nonce: () => webcrypto.randomUUID(),
};
