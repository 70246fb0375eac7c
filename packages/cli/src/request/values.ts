import { type Header, Unreadable } from "./saved.ts";

/** JSON that a stranger wrote: an object, whose members may be anything. */
export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** The first of these members that is text and says something. */
export function textOf(fields: Fields, ...names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** Headers in each of the ways in which JSON has them: a record, pairs, `{ name, value }`, Node's flat `rawHeaders`. */
export function headersOf(value: unknown): Header[] {
  if (Array.isArray(value)) {
    if (value.length > 2_000) throw new Unreadable("it has too many headers.");
    if (value.every((one) => typeof one === "string")) {
      return Array.from(
        { length: value.length >> 1 },
        (_, i): Header => [value[2 * i] as string, value[2 * i + 1] as string],
      );
    }
    return value.flatMap((one): Header[] => {
      if (Array.isArray(one)) return entry(one[0], one[1]);
      const fields = fieldsOf(one);
      return entry(fields.name ?? fields.key, fields.value);
    });
  }
  if (!isFields(value)) return [];
  const entries = Object.entries(value);
  if (entries.length > 1_000) throw new Unreadable("it has too many headers.");
  return entries.flatMap(([name, one]) =>
    Array.isArray(one) ? one.slice(0, 100).flatMap((each) => entry(name, each)) : entry(name, one),
  );
}

function entry(name: unknown, value: unknown): Header[] {
  if (typeof name !== "string" || name.startsWith(":")) return []; // HTTP/2's own, ":authority"
  if (typeof value === "string") return [[name, value]];
  return typeof value === "number" || typeof value === "boolean" ? [[name, String(value)]] : [];
}

/** What was read of a body, and what is lost of it. */
export interface ReadBody {
  readonly body: Uint8Array;
  readonly notes: readonly string[];
}

const PARSED =
  "The body was saved parsed, and is written here as JSON.stringify would: the sender's own bytes are lost, so that a signature over them can fail. Save the raw body.";

/** A body as JSON can hold it: text, base64, Node's Buffer, bytes as numbers, or already parsed. */
export function bodyOf(value: unknown, base64 = false): ReadBody {
  if (value === undefined || value === null) return { body: new Uint8Array(), notes: [] };
  if (typeof value === "string") return { body: Buffer.from(value, base64 ? "base64" : "utf8"), notes: [] };
  const bytes = bytesOf(value);
  if (bytes !== undefined) return { body: bytes, notes: [] };
  try {
    return { body: Buffer.from(JSON.stringify(value)), notes: [PARSED] };
  } catch {
    throw new Unreadable("its body is nested too deep.");
  }
}

/** `{ "type": "Buffer", "data": [1, 2] }`, and `{ "0": 1, "1": 2 }` as JSON makes it of a Uint8Array. */
function bytesOf(value: unknown): Uint8Array | undefined {
  const isByte = (one: unknown) => typeof one === "number" && Number.isInteger(one) && one >= 0 && one < 256;
  const fields = fieldsOf(value);
  if (fields.type === "Buffer" && Array.isArray(fields.data) && fields.data.every(isByte))
    return Uint8Array.from(fields.data);
  if (!isFields(value)) return undefined;
  const keys = Object.keys(value);
  const numbered = keys.length > 1 && keys.every((key, i) => key === String(i) && isByte(value[key]));
  return numbered ? Uint8Array.from(Object.values(value) as number[]) : undefined;
}

/** `?a=1&b=2` of a record, or nothing. */
export function queryOf(value: unknown): string {
  const parts = Object.entries(fieldsOf(value)).flatMap(([name, one]) =>
    [one].flat().flatMap((each) => (typeof each === "string" ? [[name, each] as [string, string]] : [])),
  );
  return parts.length === 0 ? "" : `?${new URLSearchParams(parts)}`;
}
