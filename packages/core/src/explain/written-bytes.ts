import { fromHex } from "../lib/bytes.ts";

/** The bytes that a body was before it was written out as text, in each of the ways that programs have. */
export function writtenBytes(text: string): readonly (Uint8Array | undefined)[] {
  return [listedBytes(text), indexedBytes(text), pythonBytes(text), hexBytes(text)];
}

/** Bytes that were written out as numbers: by `String(uint8array)`, or by `JSON.stringify(buffer)`. */
function listedBytes(text: string): Uint8Array | undefined {
  const numbers = /^\s*(?:\{"type":"Buffer","data":)?\[?((?:\d{1,3}\s*,\s*)+\d{1,3})\]?\}?\s*$/.exec(text)?.[1];
  return numbers === undefined ? undefined : Uint8Array.from(numbers.split(","), Number);
}

/** `{"0":123,"1":34}`: a typed array that JSON.stringify() took for an object. */
function indexedBytes(text: string): Uint8Array | undefined {
  if (!/^\{"0":\d{1,3},"1":\d/.test(text)) return undefined;
  return Uint8Array.from(Object.values(JSON.parse(text)) as number[]);
}

/** Python's `str(body)` of bytes. */
function pythonBytes(text: string): Uint8Array | undefined {
  const inner = /^b(['"])(.*)\1\s*$/s.exec(text)?.[2];
  if (inner === undefined) return undefined;
  const codes = inner.replace(/\\(?:x([0-9a-f]{2})|([nrt\\'"]))/g, (_, hex, letter) =>
    hex === undefined
      ? ({ n: "\n", r: "\r", t: "\t" }[letter as string] ?? letter)
      : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(codes, (unit) => unit.charCodeAt(0));
}

/** Hex, as PostgreSQL and many logs show bytes. */
function hexBytes(text: string): Uint8Array | undefined {
  const bare = text.replace(/\s+/g, "").replace(/^(?:\\x|0x)/, "");
  return bare.length < 8 ? undefined : fromHex(bare);
}
