/** One element of DER (X.690): its tag, what it holds, and the whole of it. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array;
  readonly whole: Uint8Array;
}

export const INTEGER = 0x02;
export const BIT_STRING = 0x03;
export const OCTET_STRING = 0x04;
export const OID = 0x06;
export const SEQUENCE = 0x30;

/**
 * Reads elements that lie one behind the other and fill the bytes exactly: definite lengths in their shortest form, tags
 * of one byte. Anything else is `undefined`, so that one value has one spelling.
 */
export function readDer(bytes: Uint8Array): readonly DerElement[] | undefined {
  const elements: DerElement[] = [];
  let at = 0;
  while (at < bytes.length) {
    const start = at;
    const tag = bytes[at++] as number;
    if ((tag & 0x1f) === 0x1f) return undefined;
    let length = bytes[at++];
    if (length === undefined) return undefined;
    if (length >= 0x80) {
      const count = length & 0x7f;
      if (count < 1 || count > 3 || at + count > bytes.length) return undefined;
      length = 0;
      for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] as number);
      if (length < 0x80 || length < 256 ** (count - 1)) return undefined;
    }
    if (at + length > bytes.length) return undefined;
    const end = at + length;
    elements.push({ tag, content: bytes.subarray(at, end), whole: bytes.subarray(start, end) });
    at = end;
  }
  return elements;
}

/** What the one element holds, if it is the only one and of this tag. */
export function readOnly(bytes: Uint8Array, tag: number): Uint8Array | undefined {
  const elements = readDer(bytes);
  return elements?.length === 1 && elements[0]?.tag === tag ? elements[0].content : undefined;
}

/** The elements of the one SEQUENCE that the bytes are. */
export function readSequence(bytes: Uint8Array): readonly DerElement[] | undefined {
  const content = readOnly(bytes, SEQUENCE);
  return content === undefined ? undefined : readDer(content);
}

/** The magnitude of an INTEGER that is not negative and in its shortest form, without zeros in front; zero is empty. */
export function readUnsigned(element: DerElement | undefined): Uint8Array | undefined {
  if (element?.tag !== INTEGER) return undefined;
  const [first, second = 0] = element.content;
  if (first === undefined || first >= 0x80) return undefined;
  if (first !== 0) return element.content;
  return element.content.length > 1 && second < 0x80 ? undefined : element.content.subarray(1);
}

/** Writes one element around what it holds. */
export function writeDer(tag: number, ...content: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of content) length += part.length;
  const size = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
  const bytes = new Uint8Array(2 + size + length);
  bytes[0] = tag;
  bytes[1] = size === 0 ? length : 0x80 | size;
  for (let i = 0; i < size; i++) bytes[2 + i] = length >> (8 * (size - 1 - i));
  let at = 2 + size;
  for (const part of content) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Writes a number from its bytes, big end first, as an INTEGER in its shortest form. */
export function writeUnsigned(magnitude: Uint8Array): Uint8Array {
  const bare = withoutZeros(magnitude);
  const needsZero = bare.length === 0 || (bare[0] as number) >= 0x80;
  return needsZero ? writeDer(INTEGER, new Uint8Array(1), bare) : writeDer(INTEGER, bare);
}

/** A number's bytes without the zeros in front of it. */
export function withoutZeros(magnitude: Uint8Array): Uint8Array {
  let zeros = 0;
  while (magnitude[zeros] === 0) zeros++;
  return magnitude.subarray(zeros);
}
