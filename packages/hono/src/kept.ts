import type { Context } from "hono";

/** The bytes, where other middleware has read them through Hono, which keeps what it read. */
export function keptBody(c: Context): Promise<Uint8Array> | undefined {
  const { arrayBuffer, blob, text } = c.req.bodyCache as unknown as {
    arrayBuffer?: Promise<ArrayBuffer>;
    blob?: Promise<Blob>;
    text?: Promise<string>;
  };
  const buffer = arrayBuffer ?? blob?.then((value) => value.arrayBuffer());
  if (buffer !== undefined) return buffer.then((bytes) => new Uint8Array(bytes));
  return text?.then((value) => new TextEncoder().encode(value));
}
