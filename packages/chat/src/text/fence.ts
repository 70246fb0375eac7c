/** A run of a text: prose, or the inside of a code fence. */
export interface Segment {
  readonly code: boolean;
  readonly text: string;
}

const FENCE = /^[ \t]{0,3}```[^`\n]*$/;

/**
 * Reads the code fences of a text: a line that begins with three backticks opens one (what follows on that line is
 * dropped), the next such line closes it. A fence that is never closed runs to the end: rendering the
 * segments closes it, so a text that was cut inside a fence is closed too.
 */
export function segments(text: string): readonly Segment[] {
  if (!text.includes("```")) return text === "" ? [] : [{ code: false, text }];
  const found: Segment[] = [];
  let code = false;
  let lines: string[] = [];
  const flush = () => {
    const joined = lines.join("\n");
    if (joined.trim() !== "") found.push({ code, text: joined });
    lines = [];
  };
  for (const line of text.split("\n")) {
    if (FENCE.test(line)) {
      flush();
      code = !code;
    } else lines.push(line);
  }
  flush();
  return found;
}

/** Whether the text ends inside a fence. */
export function endsInFence(text: string): boolean {
  let code = false;
  if (text.includes("```")) for (const line of text.split("\n")) if (FENCE.test(line)) code = !code;
  return code;
}

/**
 * Puts code into a fence that it cannot close: a line of its own that looks like a fence is indented past what counts.
 *
 * @example
 * ```ts
 * import { fence } from "@countersign/chat";
 *
 * const text = `The new policy:\n${fence('{"acls": []}')}`;
 * ```
 */
export function fence(code: string): string {
  return `\`\`\`\n${code.replace(/^[ \t]{0,3}(?=```)/gm, "    ")}\n\`\`\``;
}

/** Escapes prose and code each in its own way, on lines of their own. */
export function withFences(prose: (text: string) => string, code: (text: string) => string): (text: string) => string {
  return (text) =>
    segments(text)
      .map((segment) => (segment.code ? code(segment.text) : prose(segment.text.replace(/^\n+|\n+$/g, ""))))
      .join("\n");
}
