import { ConfigurationError } from "@countersign/core";
import { type Document, isScalar, parseDocument, visit, type YAMLMap } from "yaml";

/** More is no configuration; so much is read in a moment, however it is written. */
const LARGEST_FILE = 65_536;
/** Each may stand for a large part of the file. */
const MOST_ALIASES = 50;

/**
 * Reads a YAML file strictly: one document, text keys, each once, no tags but YAML's own, no warnings. Errors name the
 * line and quote nothing of it, because it may hold a secret.
 *
 * @throws ConfigurationError
 */
export function readYaml(text: string): object {
  if (Buffer.byteLength(text, "utf8") > LARGEST_FILE) {
    throw new ConfigurationError("config", `The file must be at most ${LARGEST_FILE} bytes.`);
  }
  let document: Document.Parsed;
  try {
    document = parseDocument(text, {
      // Its own check compares each key with each other one.
      uniqueKeys: false,
      stringKeys: true,
      resolveKnownTags: false,
      prettyErrors: false,
      // "silent" would leave out that there is a second document.
      logLevel: "error",
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw refuse(text, problem.pos[0], problem.code);
    checkNodes(document, text);
    return document.toJS({ maxAliasCount: MOST_ALIASES }) as object;
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    // The parser's own message may quote the line; nesting without end overflows its stack.
    throw new ConfigurationError("config", "The file is not valid YAML.");
  }
}

function checkNodes(document: Document.Parsed, text: string): void {
  let aliases = 0;
  visit(document, {
    Map: (_key, map) => checkKeysOnce(map, text),
    Alias(_key, { range }) {
      aliases += 1;
      if (aliases > MOST_ALIASES) throw refuse(text, range?.[0] ?? 0, "TOO_MANY_ALIASES");
    },
  });
}

function checkKeysOnce(map: YAMLMap, text: string): void {
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    const name = isScalar(key) ? key.value : key;
    if (seen.has(name)) throw refuse(text, isScalar(key) ? (key.range?.[0] ?? 0) : 0, "DUPLICATE_KEY");
    seen.add(name);
  }
}

function refuse(text: string, position: number, code: string): ConfigurationError {
  const line = text.slice(0, position).split("\n").length;
  const what = code.toLowerCase().replaceAll("_", " ");
  return new ConfigurationError("config", `The file is not YAML that can be used: ${what}, in line ${line}.`);
}
