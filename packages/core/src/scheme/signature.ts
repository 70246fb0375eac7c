import { algorithmRow } from "./algorithms.ts";
import type { Digest, Encoding } from "./encoding.ts";
import type { AsymmetricScheme, MacScheme } from "./scheme.ts";

/** Bytes in a digest. */
export const DIGEST_BYTES: Readonly<Record<Digest, number>> = Object.freeze({
  sha1: 20,
  sha256: 32,
  sha384: 48,
  sha512: 64,
});

/** The fewest and the most bytes that a signature has: one number for most, a range where the form or the key decides. */
export function signatureBytes(scheme: MacScheme | AsymmetricScheme): readonly [fewest: number, most: number] {
  if (scheme.kind === "hmac") return [DIGEST_BYTES[scheme.digest], DIGEST_BYTES[scheme.digest]];
  const { bytes } = algorithmRow(scheme.algorithm);
  if (bytes === undefined) return [256, 1024]; // RSA, from 2048 to 8192 bits.
  return scheme.form === "raw" ? [bytes, bytes] : [8, bytes + 8]; // Two integers of DER, perhaps with a zero in front.
}

const OTHER = 128;
const UPPER = 64;
const HEX = values("0123456789abcdef");
for (const letter of "ABCDEF") HEX[letter.charCodeAt(0)] = UPPER;
const BASE64 = values("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
const BASE64URL = values("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

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
 * A reader for signatures of so many bytes. Hex comes back in lower case; base64 must be padded, base64url must not, and
 * both canonical (no stray bits in the last character), so that one signature has one spelling.
 */
export function signatureReader(encoding: Encoding, fewest: number, most = fewest): SignatureReader {
  if (encoding === "hex") {
    return function readHex(text, start, end) {
      const length = end - start;
      if (length < fewest * 2 || length > most * 2 || length % 2 !== 0) return undefined;
      let seen = 0;
      for (let i = start; i < end; i++) seen |= digitOf(HEX, text.charCodeAt(i));
      if (seen >= OTHER) return undefined;
      const signature = text.slice(start, end);
      return seen >= UPPER ? signature.toLowerCase() : signature;
    };
  }
  const table = encoding === "base64" ? BASE64 : BASE64URL;
  const padded = encoding === "base64";
  return function readBase64(text, start, end) {
    let last = end;
    if (padded) {
      if ((end - start) % 4 !== 0) return undefined;
      if (end > start && text.charCodeAt(end - 1) === PAD) last -= text.charCodeAt(end - 2) === PAD ? 2 : 1;
    }
    const bytes = Math.floor(((last - start) * 3) / 4);
    const over = (last - start) % 4;
    if (bytes < fewest || bytes > most || over === 1) return undefined;
    let value = 0;
    let seen = 0;
    for (let i = start; i < last; i++) {
      value = digitOf(table, text.charCodeAt(i));
      seen |= value;
    }
    if (seen >= OTHER) return undefined;
    return (value & (STRAY[over] as number)) === 0 ? text.slice(start, end) : undefined;
  };
}

/** "=" */
const PAD = 61;
/** Bits of the last character that stand for nothing, by how many characters stand over a whole group of four. */
const STRAY: readonly number[] = [0, 0, 0b1111, 0b11];
