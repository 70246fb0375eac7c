/** The rows of the first table under a heading of a Markdown text, cell by cell; none when there is no such table. */
export function tableUnder(text: string, heading: string): string[][] {
  const section = text.split(/^#+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? "";
  const [table = ""] = /^\|.*(?:\n\|.*)*/m.exec(section) ?? [];
  // The first two are the head and its rule; a bar inside a cell is escaped.
  return table
    .split("\n")
    .slice(2)
    .map((row) =>
      row
        .slice(1, -1)
        .split(/(?<!\\)\|/)
        .map((cell) => cell.trim()),
    );
}
