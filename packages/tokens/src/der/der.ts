/** One value of DER (X.690, 10): a tag, and the bytes under it. */
export interface Value {
  /** The tag's byte: `0x30` for a sequence. */
  readonly tag: number;
  /** What it holds. */
  readonly content: Uint8Array;
  /** With tag and length. */
  readonly whole: Uint8Array;
}

/** Tags that are looked for. */
export const TAG = { integer: 0x02, bits: 0x03, octets: 0x04, oid: 0x06, sequence: 0x30, extensions: 0xa3 } as const;

/** More than any certificate holds in one sequence. */
const MOST = 64;

/** The values that these bytes hold one after the other, to the last byte; nothing where that is no DER. */
export function valuesOf(bytes: Uint8Array): readonly Value[] | undefined {
  const values: Value[] = [];
  let at = 0;
  while (at < bytes.length) {
    const value = valueAt(bytes, at);
    if (value === undefined || values.length >= MOST) return undefined;
    values.push(value);
    at += value.whole.length;
  }
  return values;
}

/** What stands in a sequence, or nothing where these bytes are not one sequence from end to end. */
export function sequenceOf(bytes: Uint8Array): readonly Value[] | undefined {
  const [only, ...others] = valuesOf(bytes) ?? [];
  return only?.tag === TAG.sequence && others.length === 0 ? valuesOf(only.content) : undefined;
}

function valueAt(bytes: Uint8Array, start: number): Value | undefined {
  const tag = bytes[start] as number;
  const first = bytes[start + 1];
  if ((tag & 0x1f) === 0x1f || first === undefined) return undefined; // Long tags occur in no certificate.
  let length = first;
  let from = start + 2;
  if (first >= 0x80) {
    const count = first & 0x7f;
    if (count === 0 || count > 3 || from + count > bytes.length) return undefined; // Indefinite, or beyond 16 MiB.
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[from++] as number);
    if (length < 0x80 || length < 256 ** (count - 1)) return undefined; // DER writes the shortest form.
  }
  const end = from + length;
  if (end > bytes.length) return undefined;
  return { tag, content: bytes.subarray(from, end), whole: bytes.subarray(start, end) };
}

/** An object identifier as people write it: `"1.2.840.113549.1.1.1"`; empty for what is none. */
export function oidOf({ tag, content }: Value): string {
  if (tag !== TAG.oid || content.length === 0 || content.length > 32) return "";
  const arcs: number[] = [];
  let arc = 0;
  for (const byte of content) {
    arc = arc * 128 + (byte & 0x7f);
    if (arc > Number.MAX_SAFE_INTEGER) return "";
    if (byte >= 0x80) continue;
    arcs.push(arc);
    arc = 0;
  }
  const [first = 0, ...rest] = arcs;
  const root = Math.min(2, Math.floor(first / 40));
  return [root, first - root * 40, ...rest].join(".");
}
