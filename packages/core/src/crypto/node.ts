import * as crypto from "node:crypto";
import type { Digest, Encoding } from "../scheme/encoding.ts";
import type { Content, HashStream, MacKey, MacStream, Platform } from "./shape.ts";

/**
 * HMAC is composed of two plain hashes (RFC 2104), because one-shot `crypto.hash` crosses into native code once where
 * `createHmac` crosses four times. Above this many bytes the copy into one buffer costs more than the crossings save.
 */
const ONE_SHOT = 16_384;
const BLOCK: Readonly<Record<Digest, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };
const INNER: Readonly<Record<Digest, number>> = { sha1: 20, sha256: 32, sha384: 48, sha512: 64 };

type Output = Encoding | "binary";

// `hash` is missing in Node before 20.12 and in some other runtimes that have `node:crypto`.
const oneShot: (algorithm: Digest, data: Uint8Array, output: Output) => string =
  typeof crypto.hash === "function"
    ? (algorithm, data, output) => crypto.hash(algorithm, data, output)
    : (algorithm, data, output) => crypto.createHash(algorithm).update(data).digest(output);

/**
 * Where a key's block and the content behind it are brought together, for one hash in one call: benchmark row "verify
 * 1 KB raw". Shared by all keys: safe, because nothing awaits between writing it and hashing it. The key's block is
 * wiped at once, by words, which costs less than a call of `fill`.
 */
const scratch = Buffer.alloc(128 + ONE_SHOT);
const scratchWords = wordsOf(scratch);

function wordsOf(bytes: Buffer): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
}

function macKey(digest: Digest, secret: Uint8Array): MacKey {
  const block = BLOCK[digest];
  const key = secret.length > block ? crypto.createHash(digest).update(secret).digest() : secret;
  const inner = Buffer.from(new ArrayBuffer(block)).fill(0x36);
  const innerWords = wordsOf(inner);
  const words = innerWords.length;
  const outer = Buffer.alloc(block + INNER[digest]);
  outer.fill(0x5c, 0, block);
  for (let i = 0; i < key.length; i++) {
    inner[i] = 0x36 ^ (key[i] as number);
    outer[i] = 0x5c ^ (key[i] as number);
  }
  let absorbed: crypto.Hash | undefined;

  function finish(innerDigest: string, encoding: Encoding): string {
    writeText(innerDigest, outer, block);
    return oneShot(digest, outer, encoding);
  }

  function stream(before: string): MacStream {
    absorbed ??= crypto.createHash(digest).update(inner);
    const hash = absorbed.copy();
    if (before !== "") hash.update(before, "latin1");
    return {
      update: (chunk) => void hash.update(chunk),
      digest(after, encoding) {
        if (after !== "") hash.update(after, "latin1");
        return finish(hash.digest("binary"), encoding);
      },
    };
  }

  return {
    mac(content, encoding) {
      if (block + sizeOf(content) > scratch.length) {
        const running = stream(content.before);
        running.update(content.body);
        return running.digest(content.after, encoding);
      }
      for (let i = 0; i < words; i++) scratchWords[i] = innerWords[i] as number;
      const innerDigest = oneShot(digest, gather(content, block), "binary");
      for (let i = 0; i < words; i++) scratchWords[i] = 0;
      return finish(innerDigest, encoding);
    },
    stream,
  };
}

function sizeOf(content: Content): number {
  const { before, body, after } = content;
  return before.length + (typeof body === "string" ? Buffer.byteLength(body) : body.length) + after.length;
}

/** Writes the content into the scratch behind `offset` bytes and gives all of it back as one view. */
function gather(content: Content, offset: number): Uint8Array {
  const { body } = content;
  let end = writeText(content.before, scratch, offset);
  if (typeof body === "string") end += scratch.write(body, end);
  else {
    scratch.set(body, end);
    end += body.length;
  }
  end = writeText(content.after, scratch, end);
  return new Uint8Array(scratch.buffer, scratch.byteOffset, end);
}

/** A few characters are written faster than a call into native code is made. */
function writeText(text: string, into: Uint8Array, start: number): number {
  const { length } = text;
  if (length > 40) return start + (into as Buffer).write(text, start, "latin1");
  for (let i = 0; i < length; i++) into[start + i] = text.charCodeAt(i);
  return start + length;
}

function contentDigest(content: Content): string {
  if (sizeOf(content) > scratch.length) {
    const running = contentStream(content.before);
    running.update(content.body);
    return running.digest(content.after);
  }
  return oneShot("sha256", gather(content, 0), "base64url");
}

function contentStream(before: string): HashStream {
  const hash = crypto.createHash("sha256");
  if (before !== "") hash.update(before, "latin1");
  return {
    update: (chunk) => void hash.update(chunk),
    digest(after) {
      if (after !== "") hash.update(after, "latin1");
      return hash.digest("base64url");
    },
  };
}

/**
 * Both sides of a comparison, written here so that it allocates nothing: benchmark row "verify 1 KB raw". One of them is
 * what was expected, so both are wiped.
 */
const left = Buffer.alloc(256);
const right = Buffer.alloc(256);
const leftWords = wordsOf(left);
const rightWords = wordsOf(right);
/** One pair of views for each length that a digest has as text. */
const views = new Map<number, readonly [Uint8Array, Uint8Array]>();

function equal(a: string, b: string): boolean {
  const length = a.length;
  if (length !== b.length) return false;
  if (length > left.length) return crypto.timingSafeEqual(Buffer.from(a, "latin1"), Buffer.from(b, "latin1"));
  writeText(a, left, 0);
  writeText(b, right, 0);
  let pair = views.get(length);
  if (pair === undefined) {
    pair = [left.subarray(0, length), right.subarray(0, length)];
    views.set(length, pair);
  }
  const same = crypto.timingSafeEqual(pair[0], pair[1]);
  for (let i = (length - 1) >> 2; i >= 0; i--) {
    leftWords[i] = 0;
    rightWords[i] = 0;
  }
  return same;
}

/** Node's own cryptography; also Bun's and Deno's. */
export const platform: Platform = {
  readsText: (text) => (text as unknown as { isWellFormed?(): boolean }).isWellFormed?.() === true,
  macKey,
  contentDigest,
  contentStream,
  textDigest: (text) => oneShot("sha256", Buffer.from(text, "utf8"), "base64url"),
  digest: (digest, body, encoding) => oneShot(digest, typeof body === "string" ? Buffer.from(body) : body, encoding),
  equal,
  nonce: () => crypto.randomUUID(),
};
