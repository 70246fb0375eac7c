/**
 * What a source file imports, as it is written there: static imports and re-exports, type-only ones included, and
 * `import("…")`, also in a type. It relies on Biome's formatting, which puts a statement at the beginning of a line
 * and a specifier between double quotes; a docstring's example never begins there.
 */
export function importsOf(source: string): string[] {
  const statements = [...source.matchAll(STATEMENT)];
  const calls = [...source.matchAll(CALL)].filter(({ index }) => isCode(source, index));
  return [...new Set([...statements, ...calls].map(([, specifier]) => specifier as string))];
}

/** Between the keyword and `from` stand names, braces, commas, `*`, `type` and `as`, and nothing else. */
const STATEMENT = /^(?:import|export)\s+(?:[\w$*{},\s]*?[\s}]from\s+)?"([^"\n]+)"(?: with \{[^}\n]*\})?;/gm;
const CALL = /\bimport\(\s*"([^"\n]+)"/g;

/** Whether what stands at a place of a line is code: not a comment, and not between quotes. */
function isCode(source: string, at: number): boolean {
  const before = source.slice(source.lastIndexOf("\n", at - 1) + 1, at);
  const comment = /^\s*(?:\*|\/\*)|\/\//.test(before);
  const quoted = ["'", '"', "`"].some((quote) => before.split(quote).length % 2 === 0);
  return !comment && !quoted;
}
