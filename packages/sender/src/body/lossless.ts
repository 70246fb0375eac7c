/** A token of JSON text: a string, or a number. Everything between them is left alone. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;

/**
 * JSON text of a value, with `bigint` written as a JSON number: Stalwart's 64-bit ids are larger than a JavaScript
 * number can hold.
 *
 * @throws TypeError for what JSON cannot hold: a cycle, a function at the root, `undefined`
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
  const mark = unusedMark(text);
  const marked = JSON.stringify(value, (_key, one) => (typeof one === "bigint" ? mark + one : one)) as string;
  return marked.replaceAll(new RegExp(`"${mark}(-?\\d+)"`, "g"), "$1");
}

/**
 * The value of JSON text, in which integers too large for a JavaScript number are `bigint`, or their digits as text.
 *
 * @throws SyntaxError as `JSON.parse` does
 */
export function fromJson(text: string, large: "bigint" | "text" = "bigint"): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  const mark = unusedMark(text);
  const marked = text.replace(TOKENS, (token) =>
    LONG_INTEGER.test(token) && !Number.isSafeInteger(Number(token)) ? `"${mark}${token}"` : token,
  );
  return JSON.parse(marked, (_key, value) => {
    if (typeof value !== "string" || !value.startsWith(mark)) return value;
    const digits = value.slice(mark.length);
    return large === "bigint" ? BigInt(digits) : digits;
  });
}

/** Letters that stand nowhere in the text, so that no string in it can pass for a marked number. */
function unusedMark(text: string): string {
  let mark = "int";
  while (text.includes(mark)) mark += "q";
  return mark;
}
