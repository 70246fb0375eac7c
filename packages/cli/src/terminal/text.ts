/** Controls of terminals, and marks that turn the direction of text round or hide it. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Text that a stranger wrote, for a terminal: nothing in it moves the cursor, rings, colours or hides. */
export function plain(text: string, limit = 2_000): string {
  const shown = text.length > limit ? `${text.slice(0, limit)}… (${text.length - limit} more characters)` : text;
  return shown.replace(UNSAFE, (char) => `\\u${char.codePointAt(0)?.toString(16).padStart(4, "0")}`);
}

/** The same for several lines: line feeds and tabs stay, carriage returns before them go. */
export function plainLines(text: string, limit = 20_000): readonly string[] {
  const shown = text.length > limit ? `${text.slice(0, limit)}\n… (${text.length - limit} more characters)` : text;
  return shown.split(/\r?\n/).map((line) =>
    line
      .split("\t")
      .map((part) => plain(part, limit))
      .join("\t"),
  );
}

/** `1 byte`, `2 bytes`. */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}

/** Columns as wide as their longest cell; the last one is not filled up. */
export function columns(rows: readonly (readonly string[])[], indent = ""): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map(
    (row) => indent + row.map((cell, i) => (i < row.length - 1 ? cell.padEnd(widths[i] ?? 0) : cell)).join("  "),
  );
}

/** Bytes as text where they are text, else as hex, both bounded. */
export function bodyLines(body: Uint8Array, limit = 4_000): readonly string[] {
  if (body.length === 0) return [];
  try {
    return plainLines(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body), limit);
  } catch {
    const hex = Buffer.from(body.subarray(0, limit / 4)).toString("hex");
    return [`${body.length} bytes that are no text: ${hex}${body.length > limit / 4 ? "…" : ""}`];
  }
}
