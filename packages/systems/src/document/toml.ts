import { parse, TomlError } from "smol-toml";
import { ConfigurationTextError, type Document, keyPath, Positions } from "./positions.ts";

/** Reads TOML. https://toml.io/en/v1.0.0 */
export function readToml(text: string): Document {
  try {
    return { value: parse(text), positions: collect(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    // Its message goes on with a picture of the line.
    const why = (error.message.split("\n", 1)[0] as string).replace(/^Invalid TOML document: /, "").replace(/\.$/, "");
    throw new ConfigurationTextError("config", `The text is not valid TOML: ${why}.`, error);
  }
}

/**
 * The places of tables and keys. The parser tells none, so each line is read once more by itself: as a table's
 * heading, or as a key with something behind it.
 */
function collect(text: string): Positions {
  const positions = new Positions();
  positions.add("", { line: 1, column: 1 });
  let table = "";
  for (const [index, source] of text.split("\n").entries()) {
    const line = index + 1;
    const start = source.length - source.trimStart().length;
    const heading = /^\s*\[{1,2}(.+?)\]{1,2}\s*(?:#.*)?$/.exec(source);
    if (heading !== null) {
      const path = readKey(heading[1] as string);
      if (path === undefined) continue;
      table = path;
      positions.add(table, { line, column: start + 1 });
      continue;
    }
    const pair = /^\s*((?:"[^"]*"|'[^']*'|[^="'#])+)=\s*/.exec(source);
    const key = pair === null ? undefined : readKey(pair[1] as string);
    if (pair === null || key === undefined) continue;
    positions.add(keyPath(table, key), { line, column: pair[0].length + 1 }, { line, column: start + 1 });
  }
  return positions;
}

/** `"auth-audit".url` as a path: `auth-audit.url`. */
function readKey(source: string): string | undefined {
  try {
    let value: unknown = parse(`${source.trim()} = 0`);
    let path = "";
    while (typeof value === "object" && value !== null) {
      const [key, inner] = Object.entries(value)[0] as [string, unknown];
      path = keyPath(path, key);
      value = inner;
    }
    return path;
  } catch {
    return undefined;
  }
}
