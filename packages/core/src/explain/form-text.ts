/** Forms as text: the same fields with the escapes of other writers. */

const percent = (one: string) => `%${one.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
const list = (characters: readonly string[]) =>
  new RegExp(`[${characters.join("").replace(/[-\]\\^]/g, "\\$&")}]`, "g");

/**
 * A writer: which characters it leaves alone beside letters and digits, and what it makes of a blank. Made of the
 * platform's own, which is fast, and of what the two do otherwise.
 */
function writer(plain: string, blank: "+" | "%20"): (text: string) => string {
  const escaped = [..."-._!~*'()"].filter((one) => !plain.includes(one));
  const kept = [...plain].filter((one) => !"-._!~*'()".includes(one));
  const back = new RegExp(kept.map(percent).join("|") || "$^", "g");
  const more = escaped.length === 0 ? /$^/ : list(escaped);
  return (text) =>
    encodeURIComponent(text)
      .replace(more, percent)
      .replace(back, (one) => decodeURIComponent(one))
      .replaceAll("%20", blank);
}

const lowered = (write: (text: string) => string) => (text: string) =>
  write(text).replace(/%[0-9A-F]{2}/g, (one) => one.toLowerCase());

const STYLES = [
  writer("-._", "+"), // PHP's urlencode(), and Slack.
  writer("*-._", "+"), // URLSearchParams, Java.
  writer("-._~", "+"), // Python's urlencode().
  writer("-._~", "%20"), // RFC 3986.
  writer("-._~!*'()", "%20"), // encodeURIComponent().
  writer("-._~!*'()", "+"),
  writer("-._/", "+"),
  writer("-._~/", "%20"), // Python's quote().
  writer("-._~:/?@!$'()*,;", "%20"), // What a query may hold as it is.
] as const;
/** As programs escape the names and values of forms and queries, the commonest first. */
export const ESCAPERS: readonly ((text: string) => string)[] = [...STYLES, ...STYLES.slice(0, 4).map(lowered)];

export type Pair = readonly [name: string, value: string | undefined];

/** The fields in their order, decoded; nothing when it is no form. */
export function pairsOf(text: string): readonly Pair[] | undefined {
  if (!/^[^=&\s]+=/.test(text)) return undefined;
  try {
    return text.split("&").map((pair) => {
      const equals = pair.indexOf("=");
      const name = decoded(equals === -1 ? pair : pair.slice(0, equals));
      return [name, equals === -1 ? undefined : decoded(pair.slice(equals + 1))];
    });
  } catch {
    return undefined;
  }
}

/** Text that no escape is broken in. @throws URIError */
export function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** The fields as each writer would write them. */
export function* formsOf(pairs: readonly Pair[]): Generator<string> {
  for (const quote of ESCAPERS) {
    yield pairs
      .map(([name, value]) => (value === undefined ? quote(name) : `${quote(name)}=${quote(value)}`))
      .join("&");
  }
}
