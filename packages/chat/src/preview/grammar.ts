import { made, text } from "./html.ts";

/** One piece of a platform's inline grammar: a sticky pattern, and what it becomes. `read` reads what is inside. */
export interface Rule {
  readonly pattern: RegExp;
  readonly html: (groups: readonly string[], read: (inner: string) => string) => string;
}

/** What stands for one sign that nothing is read into: a backslash and its sign, an entity. */
export interface Escape {
  readonly pattern: RegExp;
  readonly sign: (groups: readonly string[]) => string;
}

/** A platform's inline grammar. `plain` reads what is left between the rules, escapes taken away. */
export interface Inline {
  readonly rules: readonly Rule[];
  readonly escapes?: readonly Escape[];
  readonly plain?: (value: string) => string;
}

/** A backslash before one of these. */
export const backslash = (pattern: RegExp): Escape => ({ pattern, sign: ([, sign = ""]) => sign });

/** Reads from left to right: the first rule that matches wins, and everything else is text. */
export function inline(source: string, grammar: Inline): string {
  const { rules, escapes = [], plain = text } = grammar;
  const read = (inner: string) => inline(inner, grammar);
  let html = "";
  let waiting = "";
  for (let at = 0; at < source.length; ) {
    const sign = firstMatch(escapes, source, at);
    const found = sign === undefined ? firstMatch(rules, source, at) : undefined;
    if (found !== undefined) {
      html += plain(waiting) + found.one.html(found.groups, read);
      waiting = "";
    } else waiting += sign === undefined ? source[at] : sign.one.sign(sign.groups);
    at += (sign ?? found)?.groups[0]?.length ?? 1;
  }
  return html + plain(waiting);
}

function firstMatch<One extends { readonly pattern: RegExp }>(
  all: readonly One[],
  source: string,
  at: number,
): { one: One; groups: readonly string[] } | undefined {
  for (const one of all) {
    const groups = matchAt(one.pattern, source, at);
    if (groups !== undefined && groups[0] !== "") return { one, groups };
  }
  return undefined;
}

function matchAt(pattern: RegExp, source: string, at: number): readonly string[] | undefined {
  const sticky = new RegExp(pattern.source, `${pattern.flags.replace("y", "")}y`);
  sticky.lastIndex = at;
  return sticky.exec(source)?.map((group) => group ?? "");
}

/** A rule for what stands between two of the same signs. */
export const wrapped = (pattern: RegExp, tag: string): Rule => ({
  pattern,
  html: ([, inner = ""], read) => made(tag, read(inner)),
});

/**
 * Signs that are written once on each side, as Slack and Google Chat have them: `*bold*`. A zero-width space inside
 * breaks them.
 */
export const once = (sign: string, tag: string): Rule =>
  wrapped(
    new RegExp(
      `(?<![\\p{L}\\p{N}])${sign}(?=[^\\s\\u200b])([^${sign}\\n]+?)(?<=[^\\s\\u200b])${sign}(?![\\p{L}\\p{N}])`,
      "u",
    ),
    tag,
  );

/** Code inside a line, in one or more backticks. */
export const inlineCode: Rule = {
  pattern: /(`+)([^`](?:[\s\S]*?[^`])?)\1(?!`)/,
  html: ([, , inner = ""]) => made("code", text(inner)),
};

/** One piece of a platform's grammar of whole lines. */
export interface LineRule {
  readonly pattern: RegExp;
  readonly html: (groups: readonly string[], read: (inner: string) => string) => string;
}

/** Reads fenced code, then line by line, then inside of the lines. Fences are what the formatters write themselves. */
export function markdown(source: string, lines: readonly LineRule[], grammar: Inline): string {
  return source
    .split(/(```[\s\S]*?(?:```|$))/)
    .map((part, index) => {
      if (index % 2 === 1) return `<pre>${text(part.replace(/^```[^\n`]*\n?/, "").replace(/\n?```$/, ""))}</pre>`;
      return readLines(part.replace(/^\n|\n$/g, ""), lines, grammar);
    })
    .join("");
}

/** Reads line by line, and inside of what is left between the rules of lines. */
export function readLines(source: string, lines: readonly LineRule[], grammar: Inline): string {
  const read = (inner: string) => inline(inner, grammar);
  const html: string[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) html.push(read(paragraph.join("\n")));
    paragraph = [];
  };
  for (const line of source.split("\n")) {
    const found = lines.map((rule) => [rule, rule.pattern.exec(line)] as const).find(([, groups]) => groups !== null);
    if (found === undefined) {
      paragraph.push(line);
      continue;
    }
    flush();
    const [rule, groups] = found;
    html.push(
      rule.html(
        [...(groups ?? [])].map((group) => group ?? ""),
        read,
      ),
    );
  }
  flush();
  return html.join("");
}
