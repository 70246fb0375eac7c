// `ignoreBOM` keeps the byte order mark as a character: bytes that differ stay text that differs.
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Strict UTF-8 to text; `undefined` when it is not. Text is what it is. */
export function decodeText(bytes: Uint8Array | string): string | undefined {
  if (typeof bytes === "string") return bytes;
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
