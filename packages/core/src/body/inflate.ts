/** Inflating gave more than the limit. */
export class InflatedTooLarge extends Error {}

interface Duplex {
  readonly writable: {
    getWriter(): {
      write(chunk: Uint8Array): Promise<void>;
      close(): Promise<void>;
      abort(reason?: unknown): Promise<void>;
    };
  };
  readonly readable: {
    getReader(): { read(): Promise<{ done: boolean; value?: Uint8Array }>; cancel(reason?: unknown): Promise<void> };
  };
}
declare const DecompressionStream: new (format: "gzip" | "deflate") => unknown;

/** The encodings that every platform can inflate. */
export const INFLATABLE: ReadonlySet<string> = new Set(["gzip", "deflate"]);

/**
 * Inflates, and stops at the limit: 48 KB on the wire can be 50 MB inside.
 *
 * @throws InflatedTooLarge past `limit` bytes; whatever the platform throws for broken data
 */
export async function inflate(encoding: string, body: Uint8Array, limit: number): Promise<Uint8Array> {
  // What does not begin as compressed data does costs nobody an inflation. The length at the end of a gzip file is no such
  // check: an attacker writes there what he likes, and a file that was cut off has none.
  if (!isCompressed(body)) throw new Error("It does not begin as compressed data does.");
  const stream = new DecompressionStream(encoding as "gzip" | "deflate") as Duplex;
  const writer = stream.writable.getWriter();
  const feeding = (async () => {
    await writer.write(body);
    await writer.close();
  })();
  feeding.catch(() => {}); // The reader sees the same fault.
  const reader = stream.readable.getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    length += (value as Uint8Array).length;
    if (length > limit) {
      reader.cancel().catch(() => {});
      throw new InflatedTooLarge();
    }
    parts.push(value as Uint8Array);
  }
  return concat(parts, length);
}

/** One run of bytes; the only chunk itself where there is one. */
export function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  if (chunks.length === 1) return chunks[0] as Uint8Array;
  const bytes = new Uint8Array(length);
  let end = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, end);
    end += chunk.length;
  }
  return bytes;
}

/** Whether bytes begin as gzip (RFC 1952) or zlib (RFC 1950) do. Text and JSON never do. */
export function isCompressed(bytes: Uint8Array): boolean {
  const [first = 0, second = 0] = bytes;
  return (
    (first === 0x1f && second === 0x8b) || ((first & 15) === 8 && first >> 4 <= 7 && ((first << 8) | second) % 31 === 0)
  );
}
