import type { Digest, Encoding } from "./scheme.ts";

/** Bytes in a digest. */
export const DIGEST_BYTES: Readonly<Record<Digest, number>> = Object.freeze({ sha1: 20, sha256: 32, sha512: 64 });

const OTHER = 128;
const UPPER = 64;
const HEX = values("0123456789abcdef");
for (const letter of "ABCDEF") HEX[letter.charCodeAt(0)] = UPPER;
const BASE64 = values("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

function values(alphabet: string): Uint8Array {
  const table = new Uint8Array(256).fill(OTHER);
  for (let i = 0; i < alphabet.length; i++) table[alphabet.charCodeAt(i)] = i;
  return table;
}

/** The value of a character, or at least OTHER: what lies beyond the table counts as itself, and is 256 or more. */
function digitOf(table: Uint8Array, code: number): number {
  return (table[code & 255] as number) | (code & 0xff00);
}

/** Reads one signature of a known length out of a header: canonical, or not at all. */
export type SignatureReader = (text: string, start: number, end: number) => string | undefined;

/**
 * A reader for signatures of `bytes` bytes. Hex comes back in lower case; base64 must be padded, of the standard
 * alphabet and canonical (no stray bits in its last character), so that one signature has one spelling.
 */
export function signatureReader(encoding: Encoding, bytes: number): SignatureReader {
  if (encoding === "hex") {
    const length = bytes * 2;
    return function readHex(text, start, end) {
      if (end - start !== length) return undefined;
      let seen = 0;
      for (let i = start; i < end; i++) seen |= digitOf(HEX, text.charCodeAt(i));
      if (seen >= OTHER) return undefined;
      const signature = text.slice(start, end);
      return seen >= UPPER ? signature.toLowerCase() : signature;
    };
  }
  const length = Math.ceil(bytes / 3) * 4;
  const padding = (3 - (bytes % 3)) % 3;
  const stray = padding === 2 ? 0b1111 : padding === 1 ? 0b11 : 0;
  return function readBase64(text, start, end) {
    if (end - start !== length) return undefined;
    const last = end - padding;
    for (let i = last; i < end; i++) if (text.charCodeAt(i) !== 61) return undefined; // =
    let value = 0;
    let seen = 0;
    for (let i = start; i < last; i++) {
      value = digitOf(BASE64, text.charCodeAt(i));
      seen |= value;
    }
    if (seen >= OTHER) return undefined;
    return (value & stray) === 0 ? text.slice(start, end) : undefined;
  };
}
