/**
 * JSON in which integers that a double cannot hold come as `bigint`: 302231454903657293 stays what it is, where
 * `JSON.parse` makes it 302231454903657300. All other numbers come as numbers.
 *
 * @param large what becomes of the digits of such an integer; default a `bigint`
 * @throws SyntaxError as `JSON.parse` does
 * @example
 * ```ts
 * import { parseLossless } from "@countersign/core";
 *
 * console.log(parseLossless("[1, 302231454903657293]")); // [ 1, 302231454903657293n ]
 * ```
 */
export function parseLossless(text: string, large: (digits: string) => unknown = BigInt): unknown {
  const plain: unknown = JSON.parse(text); // The grammar is checked here, on the text as it was received.
  const places = unsafeIntegers(text);
  if (places.length === 0) return plain;
  const mark = unusedMark(text);
  let marked = "";
  let end = 0;
  for (const [start, stop] of places) {
    marked += `${text.slice(end, start)}"${mark}${text.slice(start, stop)}"`;
    end = stop;
  }
  marked += text.slice(end);
  return unmarked(JSON.parse(marked), mark, large);
}

/** Puts the integers back. Not by a reviver: it calls itself for each level, and a few thousand end the stack. */
function unmarked(parsed: unknown, mark: string, large: (digits: string) => unknown): unknown {
  const root = { parsed };
  const open: Record<string, unknown>[] = [root];
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    // Every key is the value's own: also __proto__ is written as a field here.
    for (const key of Object.keys(one)) {
      const value = one[key];
      if (typeof value === "object" && value !== null) open.push(value as Record<string, unknown>);
      else if (typeof value === "string" && value.startsWith(mark)) one[key] = large(value.slice(mark.length));
    }
  }
  return root.parsed;
}

/**
 * What each long integer is quoted behind: more hash signs than the text has in a row anywhere, written plainly or
 * as an escape, so that no string can pass for an integer.
 */
function unusedMark(text: string): string {
  let longest = 0;
  for (const [run] of text.matchAll(/(?:#|\\u0023)+/g)) {
    longest = Math.max(longest, run.replaceAll("\\u0023", "#").length);
  }
  return "#".repeat(longest + 1);
}

/** Where the text has integer literals, outside strings, that a double would change. The text is known to be JSON. */
function unsafeIntegers(text: string): [start: number, end: number][] {
  const places: [number, number][] = [];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) {
      i = endOfString(text, i);
      continue;
    }
    if (code !== 45 && (code < 48 || code > 57)) continue;
    const start = i;
    let integer = true;
    for (i++; i < text.length; i++) {
      const next = text.charCodeAt(i);
      if (next >= 48 && next <= 57) continue;
      if (next !== 46 && next !== 69 && next !== 101 && next !== 43 && next !== 45) break; // . E e + -
      integer = false;
    }
    if (integer && i - start > 15 && !Number.isSafeInteger(Number(text.slice(start, i)))) places.push([start, i]);
    i--;
  }
  return places;
}

function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  for (;;) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote;
    quote = text.indexOf('"', quote + 1);
  }
}

/**
 * JSON text of a value, with `bigint` written as a JSON number: the counterpart of {@link parseLossless}.
 *
 * @throws TypeError for what JSON cannot hold: a cycle, a function at the root, `undefined`
 * @example
 * ```ts
 * import { toJson } from "@countersign/core";
 *
 * console.log(toJson({ id: 302231454903657293n })); // {"id":302231454903657293}
 * ```
 */
export function toJson(value: unknown): string {
  let found = false;
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch (error) {
    // Either a cycle or a bigint: the second try tells which.
    text = JSON.stringify(value, (_key, one) => {
      if (typeof one !== "bigint") return one;
      found = true;
      return 0;
    });
    if (!found) throw error;
  }
  if (text === undefined) throw new TypeError("the value has no JSON form");
  if (!found) return text;
  const mark = unusedLetters(text);
  const marked = JSON.stringify(value, (_key, one) => (typeof one === "bigint" ? mark + one : one)) as string;
  return marked.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}

/** Letters that the text holds nowhere, which `JSON.stringify` never writes as escapes: no string can pass for a number. */
function unusedLetters(text: string): string {
  let mark = "int";
  while (text.includes(mark)) mark += "q";
  return mark;
}
