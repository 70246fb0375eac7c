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

function valuesOf(alphabet: string): Uint8Array {
  const values = new Uint8Array(128).fill(NONE);
  for (let i = 0; i < alphabet.length; i++) values[alphabet.charCodeAt(i)] = i;
  return values;
}

/** The whole text as hex, in either case, or nothing. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = HEX_VALUES[text.charCodeAt(i * 2)] ?? NONE;
    const low = HEX_VALUES[text.charCodeAt(i * 2 + 1)] ?? NONE;
    if (high === NONE || low === NONE) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
}

/** The whole text as standard base64, its padding optional but whole when there, no stray bits; or nothing. */
export function fromBase64(text: string): Uint8Array | undefined {
  let { length } = text;
  if (text.endsWith("=")) {
    if (length % 4 !== 0) return undefined;
    length -= text.endsWith("==") ? 2 : 1;
  }
  if (length % 4 === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  let bits = 0;
  let held = 0;
  let end = 0;
  for (let i = 0; i < length; i++) {
    const value = BASE64_VALUES[text.charCodeAt(i)] ?? NONE;
    if (value === NONE) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes[end++] = held >> bits;
      held &= (1 << bits) - 1;
    }
  }
  return held === 0 ? bytes : undefined;
}

/** The whole text as base64url without padding (RFC 4648, 5; RFC 7515, 2), no stray bits; or nothing. */
export function fromBase64Url(text: string): Uint8Array | undefined {
  return /[+/=]/.test(text) ? undefined : fromBase64(text.replaceAll("-", "+").replaceAll("_", "/"));
}
