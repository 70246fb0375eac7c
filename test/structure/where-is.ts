export interface Place {
  readonly feature: string;
  readonly file: string;
  readonly symbol: string;
}

/** The rows of CONTRIBUTING.md's "Where is …?". */
export function placesOf(text: string): Place[] {
  const section = text.split(/^## /m).find((part) => part.startsWith("Where is …?\n")) ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("|"));
  // The first two are the head and its rule.
  return rows.slice(2).map((row) => {
    const [feature = "", file = "", symbol = ""] = row
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim());
    return { feature, file: file.replaceAll("`", ""), symbol: symbol.replaceAll("`", "") };
  });
}

/** Whether a source declares a name: a function, class, constant or type, a method, or a member of an interface. */
export function declares(source: string, symbol: string): boolean {
  const declaration = `^(?:export )?(?:async )?(?:function\\*?|(?:abstract )?class|const|interface|type) ${symbol}\\b`;
  const member = `^ +(?:(?:readonly|async|static) )*#?${symbol}(?:\\??: |\\([^=\n]*{$)`;
  return new RegExp(`${declaration}|${member}`, "m").test(source);
}
