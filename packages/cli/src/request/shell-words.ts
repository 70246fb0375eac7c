import { Unreadable } from "./saved.ts";

/** One word of a command line, and whether the shell would have put something in its place. */
export interface Word {
  readonly text: string;
  /** It has a `$name`, `$(…)` or backticks that only the shell knows. */
  readonly expands: boolean;
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  r: "\r",
  t: "\t",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\u0007",
  b: "\b",
  e: "\u001b",
  f: "\f",
  v: "\v",
  "?": "?",
};

/**
 * The words of a line for bash, as its quotes have them: `'…'`, `"…"`, `$'…'`, `\`. Nothing is run and nothing expanded.
 *
 * @throws Unreadable
 */
export function shellWords(line: string): readonly Word[] {
  const words: Word[] = [];
  let text = "";
  let expands = false;
  let open = false;
  let at = 0;
  const end = () => {
    if (open) words.push({ text, expands });
    text = "";
    expands = false;
    open = false;
  };
  while (at < line.length) {
    const char = line[at] as string;
    const next = line[at + 1];
    if (/\s/.test(char)) end();
    else if (char === "\\") {
      // A line that goes on is no word.
      if (next === "\n" || (next === "\r" && line[at + 2] === "\n")) at += next === "\r" ? 1 : 0;
      else {
        text += next ?? "";
        open = true;
      }
      at++;
    } else if (char === "'" || (char === "$" && next === "'")) {
      const ansi = char === "$";
      const read = ansi ? ansiQuoted(line, at + 2) : singleQuoted(line, at + 1);
      text += read.text;
      at = read.end;
      open = true;
    } else if (char === '"') {
      const read = doubleQuoted(line, at + 1);
      text += read.text;
      expands ||= read.expands;
      at = read.end;
      open = true;
    } else if (/[|;&<>]/.test(char))
      break; // What follows is another command's, or a file.
    else {
      expands ||= char === "`" || (char === "$" && /[A-Za-z_{(]/.test(next ?? ""));
      text += char;
      open = true;
    }
    at++;
  }
  end();
  return words;
}

const unclosed = () => new Unreadable("a quote in the command is not closed.");

function singleQuoted(line: string, start: number): { text: string; end: number } {
  const end = line.indexOf("'", start);
  if (end === -1) throw unclosed();
  return { text: line.slice(start, end), end };
}

function doubleQuoted(line: string, start: number): { text: string; end: number; expands: boolean } {
  let text = "";
  let expands = false;
  for (let at = start; at < line.length; at++) {
    const char = line[at] as string;
    const next = line[at + 1] ?? "";
    if (char === '"') return { text, end: at, expands };
    if (char === "\\" && '"\\$`\n'.includes(next) && next !== "") {
      if (next !== "\n") text += next;
      at++;
      continue;
    }
    expands ||= char === "`" || (char === "$" && /[A-Za-z_{(]/.test(next));
    text += char;
  }
  throw unclosed();
}

function ansiQuoted(line: string, start: number): { text: string; end: number } {
  let text = "";
  for (let at = start; at < line.length; at++) {
    const char = line[at] as string;
    if (char === "'") return { text, end: at };
    if (char !== "\\") {
      text += char;
      continue;
    }
    const [numbered = "", code] =
      /^\\(?:u([0-9a-fA-F]{1,4})|U([0-9a-fA-F]{1,8})|x([0-9a-fA-F]{1,2}))/.exec(line.slice(at, at + 12)) ?? [];
    if (numbered !== "") {
      const point = Number.parseInt(code ?? numbered.slice(2), 16);
      text += point <= 0x10ffff ? String.fromCodePoint(point) : "\ufffd";
      at += numbered.length - 1;
    } else {
      const next = line[at + 1] ?? "";
      text += ESCAPES[next] ?? `\\${next}`;
      at++;
    }
  }
  throw unclosed();
}
