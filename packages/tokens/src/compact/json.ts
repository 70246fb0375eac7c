import { fromBase64Url } from "./base64url.ts";

/** An object's fields, none of them believed yet. */
export type Fields = Readonly<Record<string, unknown>>;

/** The whole text as a JSON object, or nothing. */
export function objectOf(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}

/** A field of its own, not an inherited one. */
export function field(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Bytes as text, if they are UTF-8 from end to end. A byte order mark stays, and no JSON begins with one. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** A segment of a token as the JSON object that it encodes, or nothing. */
export function segmentObject(segment: string): Fields | undefined {
  const bytes = fromBase64Url(segment);
  const text = bytes === undefined ? undefined : textOf(bytes);
  return text === undefined ? undefined : objectOf(text);
}
