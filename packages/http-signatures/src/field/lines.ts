import type { FetchHeaders, HeaderRecord } from "@countersign/core";
import type { HeaderSource } from "./message.ts";

/**
 * All lines of a header, in their order, without the whitespace around them and with obsolete folding undone (RFC 9421,
 * 2.1). `undefined` where there is none; a phrase in `problem` where the lines cannot be told.
 */
export function headerLines(source: HeaderSource, name: string): readonly string[] | Unclear | undefined {
  const { headers, rawHeaders } = source;
  const found = rawHeaders === undefined ? [] : fromRaw(rawHeaders, name);
  const lines = found.length > 0 ? found : fromHeaders(headers, name);
  if (lines instanceof Unclear || lines.length === 0) return lines instanceof Unclear ? lines : undefined;
  for (let i = 0; i < lines.length; i++) {
    const line = tidy(lines[i] as string);
    if (line === undefined) return new Unclear("it holds a line break or a NUL");
    lines[i] = line;
  }
  return lines;
}

/** One value of all lines, as HTTP combines them. */
export function headerValue(source: HeaderSource, name: string): string | Unclear | undefined {
  const lines = headerLines(source, name);
  if (lines === undefined || lines instanceof Unclear) return lines;
  return lines.length === 1 ? lines[0] : lines.join(", ");
}

/** A header whose value nobody can be sure of. */
export class Unclear {
  /** A phrase for the developer. */
  readonly problem: string;
  constructor(problem: string) {
    this.problem = problem;
  }
}

function fromRaw(raw: readonly string[], name: string): string[] {
  const lines: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const candidate = raw[i] as string;
    if (candidate.length !== name.length || (candidate !== name && candidate.toLowerCase() !== name)) continue;
    lines.push(raw[i + 1] as string);
  }
  return lines;
}

function fromHeaders(headers: HeaderSource["headers"], name: string): string[] | Unclear {
  if (typeof headers !== "object" || headers === null) return [];
  if (typeof (headers as FetchHeaders).get === "function") {
    const value: unknown = (headers as FetchHeaders).get(name);
    return typeof value === "string" ? [value] : [];
  }
  let found: string[] | undefined;
  for (const key in headers as HeaderRecord) {
    if (key.length !== name.length || (key !== name && key.toLowerCase() !== name)) continue;
    const value: unknown = (headers as HeaderRecord)[key];
    if (value === undefined || value === null) continue;
    const lines: unknown[] = typeof value === "string" ? [value] : Array.isArray(value) ? [...value] : [value];
    // Which of two spellings came first is not known, so what they say together is not either.
    if (found !== undefined) return new Unclear("it stands there in two spellings");
    if (!lines.every((line) => typeof line === "string")) return new Unclear("it is no text");
    found = lines as string[];
  }
  return found ?? [];
}

const NOT_TIDY = /[\r\n\0]/;

function tidy(line: string): string | undefined {
  if (!isBlank(line, 0) && !isBlank(line, line.length - 1) && !NOT_TIDY.test(line)) return line;
  const unfolded = line.replace(/[ \t]*\r?\n[ \t]+/g, " ").replace(/^[ \t]+|[ \t]+$/g, "");
  return /[\r\n\0]/.test(unfolded) ? undefined : unfolded;
}

function isBlank(line: string, at: number): boolean {
  const code = line.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}
