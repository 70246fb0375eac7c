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

/** Letters that stand nowhere in the text, which `JSON.stringify` never writes as escapes: no string can pass for a number. */
function unusedMark(text: string): string {
  let mark = "int";
  while (text.includes(mark)) mark += "q";
  return mark;
}
