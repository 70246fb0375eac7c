/** JSON as text: written anew in another layout and with other escapes, without a value in between that would lose some. */

/** How a serializer sets its text. */
export interface Layout {
  readonly comma: string;
  readonly colon: string;
  /** Absent where all stands on one line. */
  readonly indent?: string;
  readonly newline?: string;
  /** What stands behind a comma of the outermost list in place of `comma`. */
  readonly outer?: string;
}

const COMPACT: Layout = { comma: ",", colon: ":" };
/** What well-known serializers write. */
export const LAYOUTS: readonly Layout[] = [
  COMPACT,
  { comma: ",", colon: ": ", indent: "  " },
  { comma: ", ", colon: ": " }, // Python, Ruby's `inspect`.
  { comma: ",", colon: ": ", indent: "    " },
  { comma: ",", colon: ": ", indent: "\t" },
  { comma: ",", colon: ": ", indent: "  ", newline: "\r\n" },
  { comma: ",", colon: " : ", indent: "  " }, // Jackson.
  { comma: ",", colon: ":", outer: ",\r\n" }, // One event a line.
];

const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
const upper = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
const ascii = (json: string) => json.replace(/[\u0080-\uffff]/g, escaped);
const html = (json: string) => json.replace(/[<>&\u2028\u2029]/g, escaped);
const slashes = (json: string) => json.replaceAll("/", "\\/");

/** What serializers escape, over text that escapes only what it must. */
const ESCAPES: readonly ((json: string) => string)[] = [
  (json) => json,
  slashes,
  ascii,
  (json) => slashes(ascii(json)), // PHP.
  html, // Go, Rails.
  (json) => slashes(html(json)),
  (json) => html(ascii(json)),
  (json) => json.replace(/[\u0080-\uffff<>&'+`]/g, upper).replaceAll('\\"', "\\u0022"), // .NET.
  (json) => json.replace(/[\u0080-\uffff]/g, upper), // Java.
  (json) => json.replace(/[<>&='\u2028\u2029]/g, escaped), // Gson.
];

/** Deeper text is not indented: n levels would be n² blanks. */
const DEEPEST = 64;

/** The tokens of JSON text, its strings with as few escapes as can be; nothing when it is no JSON. */
export function tokens(text: string): readonly string[] | undefined {
  if (!isJson(text)) return undefined;
  const found: string[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const end = code === QUOTE ? endOfString(text, at) : isMark(code) ? at + 1 : endOfWord(text, at);
    if (!isBlank(code)) {
      const token = text.slice(at, end);
      found.push(code === QUOTE && token.includes("\\") ? JSON.stringify(JSON.parse(token)) : token);
    }
    at = end;
  }
  return found;
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const QUOTE = 34;
/** Brackets, braces, commas and colons. */
const isMark = (code: number) =>
  code === 44 || code === 58 || code === 91 || code === 93 || code === 123 || code === 125;
const isBlank = (code: number) => code === 32 || code === 9 || code === 10 || code === 13;

function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); ; quote = text.indexOf('"', quote + 1)) {
    let slashes = 0;
    while (text.charCodeAt(quote - 1 - slashes) === 92) slashes++;
    if (slashes % 2 === 0) return quote + 1;
  }
}

/** A number or a name, or the blanks between two tokens. */
function endOfWord(text: string, start: number): number {
  const blank = isBlank(text.charCodeAt(start));
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE || isMark(code) || isBlank(code) !== blank) return at;
  }
  return text.length;
}

/** Tokens set in a layout; nothing where that would be endless. */
export function write(
  parts: readonly string[],
  { comma, colon, indent, newline = "\n", outer }: Layout,
): string | undefined {
  let text = "";
  let depth = 0;
  const line = () => (indent === undefined ? "" : newline + indent.repeat(depth));
  for (let i = 0; i < parts.length; i++) {
    const token = parts[i] as string;
    if (token === "{" || token === "[") {
      const next = parts[i + 1];
      if (next === "}" || next === "]") {
        text += token + next;
        i++;
        continue;
      }
      depth++;
      if (indent !== undefined && depth > DEEPEST) return undefined;
      text += token + line();
    } else if (token === "}" || token === "]") {
      depth--;
      text += line() + token;
    } else if (token === ",") text += depth === 1 && outer !== undefined ? outer : comma + line();
    else text += token === ":" ? colon : token;
  }
  return text;
}

/** Of larger text the rarer spellings are left out. */
const LARGE = 65_536;

/** What well-known serializers write for these tokens, the commonest first. */
export function* spellings(parts: readonly string[], layouts = LAYOUTS): Generator<string> {
  const plain: (string | undefined)[] = [];
  const seen = new Set<string>();
  for (const quote of ESCAPES) {
    for (const [index, layout] of layouts.entries()) {
      if (plain.length === index) plain.push(write(parts, layout));
      const text = plain[index];
      const quoted = text === undefined ? undefined : quote(text);
      if (quoted === undefined || seen.has(quoted)) continue;
      yield quoted;
      if (quoted.length <= LARGE) seen.add(quoted);
      if (quoted.length <= LARGE || quoted === text) yield quoted + endOf(layout);
    }
  }
}

const endOf = ({ newline, outer }: Layout) => newline ?? (outer === undefined ? "\n" : "\r\n");

/** Who writes JSON so, as far as its look tells. */
export function writerOf(text: string, parts: readonly string[]): string | undefined {
  return WRITERS.find(({ spell }) => spell(parts) === text.trimEnd())?.by;
}

const spelled = (layout: Layout | undefined, quote: (json: string) => string) => (parts: readonly string[]) => {
  const text = write(parts, layout as Layout);
  return text === undefined ? undefined : quote(text);
};
const WRITERS: readonly { readonly by: string; readonly spell: (parts: readonly string[]) => string | undefined }[] = [
  { by: "JSON.stringify() of JavaScript", spell: spelled(COMPACT, (json) => json) },
  { by: "json.dumps() of Python", spell: spelled(LAYOUTS[2], ascii) },
  { by: "json_encode() of PHP", spell: spelled(COMPACT, (json) => slashes(ascii(json))) },
  { by: "a program that escapes all but ASCII", spell: spelled(COMPACT, ascii) },
  { by: "a program that indents it", spell: spelled(LAYOUTS[1], (json) => json) },
];

/** In which order keys are, in text that has enough of them for that to be no accident. */
export function orderOf(parts: readonly string[]): string | undefined {
  return ORDERS.find(({ isAfter }) => isOrdered(parts, isAfter))?.order;
}

const ORDERS: readonly { readonly order: string; readonly isAfter: (a: string, b: string) => boolean }[] = [
  { order: "with its keys sorted", isAfter: (a, b) => a > b },
  // PostgreSQL's jsonb and MySQL's JSON.
  {
    order: "with its keys by length, as databases keep JSON",
    isAfter: (a, b) => a.length > b.length || (a.length === b.length && a > b),
  },
];

/** Neighbours that are in order by accident in fewer than one body of sixty-four. */
const ENOUGH = 6;

function isOrdered(parts: readonly string[], isAfter: (a: string, b: string) => boolean): boolean {
  const last: (string | undefined)[] = [];
  const steps = new Set<string>(); // A list of a thousand equal objects says it once.
  for (let i = 0; i < parts.length; i++) {
    const token = parts[i] as string;
    if (token === "{" || token === "[") last.push(undefined);
    else if (token === "}" || token === "]") last.pop();
    else if (parts[i + 1] === ":") {
      const before = last.at(-1);
      if (before !== undefined && isAfter(before, token)) return false;
      if (before !== undefined && steps.size < ENOUGH) steps.add(before + token);
      last[last.length - 1] = token;
    }
  }
  return steps.size >= ENOUGH;
}

/** Whether it has integers beyond a double, all of them rounded as JavaScript rounds them. */
export function isRounded(parts: readonly string[]): boolean {
  const large = parts.filter((token) => /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)));
  return large.length > 0 && large.every((token) => /00$/.test(token) && String(Number(token)) === token);
}
