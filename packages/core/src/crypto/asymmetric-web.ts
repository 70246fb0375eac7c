import { toBytes } from "../lib/bytes.ts";
import { type AlgorithmRow, algorithmRow } from "../scheme/algorithms.ts";
import type { MakeSign, MakeVerify } from "./asymmetric-shape.ts";
import { derToRaw, inRange, rawToDer } from "./ecdsa-signature.ts";
import type { Content } from "./shape.ts";

interface Subtle {
  importKey(
    format: "spki" | "pkcs8",
    key: Uint8Array,
    algorithm: object,
    extractable: boolean,
    usages: readonly string[],
  ): Promise<object>;
  sign(algorithm: object, key: object, data: Uint8Array): Promise<ArrayBuffer>;
  verify(algorithm: object, key: object, signature: Uint8Array, data: Uint8Array): Promise<boolean>;
}
const { subtle } = (globalThis as unknown as { crypto: { subtle: Subtle } }).crypto;

const HASH = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

/** WebCrypto's word for an algorithm, when a key is imported and when it is used: both read the same members. */
function wordsOf({ key, hash, padding }: AlgorithmRow): object {
  if (hash === undefined) return { name: "Ed25519" };
  if (padding === undefined) return { name: "ECDSA", namedCurve: key, hash: HASH[hash] };
  if (padding === "pkcs1") return { name: "RSASSA-PKCS1-v1_5", hash: HASH[hash] };
  return { name: "RSA-PSS", hash: HASH[hash], saltLength: Number(hash.slice(3)) / 8 };
}

/** Imported once; an import that failed is tried again, so that one fault is not for ever. */
function imported(format: "spki" | "pkcs8", key: Uint8Array, words: object, usage: string): () => Promise<object> {
  let promise: Promise<object> | undefined;
  return () => {
    promise ??= subtle.importKey(format, key, words, false, [usage]).catch((error) => {
      promise = undefined;
      throw error;
    });
    return promise;
  };
}

/** WebCrypto takes all bytes in one piece. */
function whole({ before, body, after }: Content): Uint8Array {
  const middle = toBytes(body);
  if (before === "" && after === "") return middle;
  const bytes = new Uint8Array(before.length + middle.length + after.length);
  for (let i = 0; i < before.length; i++) bytes[i] = before.charCodeAt(i);
  bytes.set(middle, before.length);
  const end = before.length + middle.length;
  for (let i = 0; i < after.length; i++) bytes[end + i] = after.charCodeAt(i);
  return bytes;
}

/** WebCrypto: Workers, browsers, and every other runtime with `crypto.subtle`. */
export const makeVerify: MakeVerify = function verifyKey(algorithm, form, spki) {
  const row = algorithmRow(algorithm);
  const words = wordsOf(row);
  const key = imported("spki", spki, words, "verify");
  const { key: type, bytes } = row;
  return async function verify(content, signature) {
    let raw: Uint8Array | undefined = signature;
    if (type === "P-256" || type === "P-384") {
      raw = form === "der" ? derToRaw(signature, type) : inRange(signature, type) ? signature : undefined;
    } else if (bytes !== undefined && signature.length !== bytes) raw = undefined;
    return raw !== undefined && subtle.verify(words, await key(), raw, whole(content));
  };
};

export const makeSign: MakeSign = function signKey(algorithm, form, pkcs8) {
  const words = wordsOf(algorithmRow(algorithm));
  const key = imported("pkcs8", pkcs8, words, "sign");
  const isDer = form === "der" && algorithm.startsWith("ecdsa-");
  return async function signContent(content) {
    const signature = new Uint8Array(await subtle.sign(words, await key(), whole(content)));
    return isDer ? rawToDer(signature) : signature;
  };
};
