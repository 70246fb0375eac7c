/** A piece of shown JSON. */
export interface Token {
  readonly kind: "plain" | "key" | "string" | "number" | "word";
  readonly text: string;
}

/** Beyond this many characters colours cost more than they tell. */
const COLOURED = 100_000;
/** Deeper than anything that anybody reads: each line would be mostly its own margin. */
const DEEPEST = 500;
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*|true|false|null|[{}[\],:]/g;

/**
 * JSON with line breaks, written from the text itself: numbers keep all their digits, keys their order and repetitions.
 * What is no JSON comes back as it is, a form one field a line.
 */
export function pretty(text: string): string | readonly Token[] {
  try {
    JSON.parse(text);
  } catch {
    return formLines(text);
  }
  const parts = text.match(TOKEN) ?? [];
  if (depthOf(parts) > DEEPEST) return text;
  const tokens = [...indented(parts)];
  return text.length > COLOURED ? tokens.map((token) => token.text).join("") : tokens;
}

function depthOf(parts: readonly string[]): number {
  let [depth, deepest] = [0, 0];
  for (const part of parts) {
    if (part === "{" || part === "[") deepest = Math.max(deepest, ++depth);
    else if (part === "}" || part === "]") depth--;
  }
  return deepest;
}

function* indented(parts: readonly string[]): Generator<Token> {
  let depth = 0;
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1] ?? "";
    const empty = /^[{[]$/.test(part) && /^[}\]]$/.test(next);
    const closes = /^[}\]]$/.test(part);
    const wasEmpty = closes && /^[{[]$/.test(parts[i - 1] ?? "");
    if (closes) depth--;
    if (closes && !wasEmpty) yield plain(`\n${"  ".repeat(depth)}`);
    yield { kind: kindOf(part, next), text: part };
    if (part === ":") yield plain(" ");
    if (/^[{[]$/.test(part)) depth++;
    if (part === "," || (/^[{[]$/.test(part) && !empty)) yield plain(`\n${"  ".repeat(depth)}`);
  }
}

function kindOf(part: string, next: string): Token["kind"] {
  if (part.startsWith('"')) return next === ":" ? "key" : "string";
  if (/^[-\d]/.test(part)) return "number";
  return /^[tfn]/.test(part) ? "word" : "plain";
}

const plain = (text: string): Token => ({ kind: "plain", text });

function formLines(text: string): string {
  if (!/^[\w.%+*[\]-]+=[^\s&]*(&[\w.%+*[\]-]+=[^\s&]*)*$/.test(text)) return text;
  return [...new URLSearchParams(text)].map(([name, value]) => `${name} = ${value}`).join("\n");
}
