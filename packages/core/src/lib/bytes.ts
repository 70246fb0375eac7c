const HEX = "0123456789abcdef";
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text as its UTF-8, bytes as they are. */
export function toBytes(body: Uint8Array | string): Uint8Array {
  return typeof body === "string" ? utf8(body) : body;
}

export function toHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += (HEX[byte >> 4] as string) + HEX[byte & 15];
  return text;
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const group = ((bytes[i] as number) << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += (BASE64[group >> 18] as string) + BASE64[(group >> 12) & 63];
    text += i + 1 < bytes.length ? BASE64[(group >> 6) & 63] : "=";
    text += i + 2 < bytes.length ? BASE64[group & 63] : "=";
  }
  return text;
}

export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** Ways in which bytes are written as text. */
export type ByteEncoding = "hex" | "base64" | "base64url";

export function encodeBytes(bytes: Uint8Array, encoding: ByteEncoding): string {
  return encoding === "hex" ? toHex(bytes) : encoding === "base64" ? toBase64(bytes) : toBase64Url(bytes);
}

/** The whole text as it must be written, or nothing. */
export function decodeBytes(text: string, encoding: ByteEncoding): Uint8Array | undefined {
  return encoding === "hex" ? fromHex(text) : encoding === "base64" ? fromBase64(text) : fromBase64Url(text);
}

const NONE = 255;
const HEX_VALUES = valuesOf(HEX);
for (const [index, letter] of [..."ABCDEF"].entries()) HEX_VALUES[letter.charCodeAt(0)] = 10 + index;
const BASE64_VALUES = valuesOf(BASE64);
const BASE64URL_VALUES = valuesOf(`${BASE64.slice(0, 62)}-_`);

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(NONE);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/** The whole text as hex, in either case, or nothing. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  return decodeHex(text, bytes) ? bytes : undefined;
}

/** The whole text as standard base64, its padding optional but whole when there, no stray bits; or nothing. */
export function fromBase64(text: string): Uint8Array | undefined {
  const length = unpadded(text);
  if (length !== text.length && text.length % 4 !== 0) return undefined;
  return base64Bytes(text, length, BASE64_VALUES);
}

/** The whole text as base64url without padding (RFC 4648, 5; RFC 7515, 2), no stray bits; or nothing. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  return base64Bytes(text, text.length, BASE64URL_VALUES);
}

function base64Bytes(text: string, length: number, values: Uint8Array): Uint8Array | undefined {
  if (length % 4 === 1) return undefined;
  const bytes = new Uint8Array((length * 3) >> 2);
  return decodeBase64(text, length, bytes, values) ? bytes : undefined;
}

/** How many characters stand before the padding. */
function unpadded(text: string): number {
  return text.endsWith("==") ? text.length - 2 : text.endsWith("=") ? text.length - 1 : text.length;
}

/** Writes text that is known to be right into bytes that are there already; answers how many it wrote. */
export function decodeInto(text: string, encoding: ByteEncoding, into: Uint8Array): number {
  if (encoding === "hex") {
    decodeHex(text, into);
    return text.length / 2;
  }
  const length = unpadded(text);
  decodeBase64(text, length, into, encoding === "base64" ? BASE64_VALUES : BASE64URL_VALUES);
  return (length * 3) >> 2;
}

/** Writes an even number of hex digits as bytes; false where one is none. */
function decodeHex(text: string, into: Uint8Array): boolean {
  let seen = 0;
  for (let i = 0, at = 0; i < text.length; at++) {
    const high = HEX_VALUES[text.charCodeAt(i++)] ?? NONE;
    const low = HEX_VALUES[text.charCodeAt(i++)] ?? NONE;
    seen |= high | low;
    into[at] = (high << 4) | low;
  }
  return seen < 128;
}

/**
 * Writes so many characters of base64 as bytes, four at a time: a signature of RSA has hundreds. False where one is none,
 * or the last has stray bits.
 */
function decodeBase64(text: string, length: number, into: Uint8Array, values: Uint8Array): boolean {
  let seen = 0;
  let at = 0;
  let i = 0;
  while (i + 3 < length) {
    const a = values[text.charCodeAt(i++)] ?? NONE;
    const b = values[text.charCodeAt(i++)] ?? NONE;
    const c = values[text.charCodeAt(i++)] ?? NONE;
    const d = values[text.charCodeAt(i++)] ?? NONE;
    seen |= a | b | c | d;
    into[at++] = (a << 2) | (b >> 4);
    into[at++] = (b << 4) | (c >> 2);
    into[at++] = (c << 6) | d;
  }
  const over = length - i;
  if (over === 0) return seen < 128;
  const a = values[text.charCodeAt(i)] ?? NONE;
  const b = values[text.charCodeAt(i + 1)] ?? NONE;
  const c = over === 3 ? (values[text.charCodeAt(i + 2)] ?? NONE) : 0;
  into[at++] = (a << 2) | (b >> 4);
  if (over === 3) into[at] = (b << 4) | (c >> 2);
  return (seen | a | b | c) < 128 && (over === 3 ? c & 0b11 : b & 0b1111) === 0;
}
