import { ConfigurationError } from "@countersign/core";
import {
  isMap,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
  visit,
  type Document as YAMLDocument,
  type YAMLMap,
} from "yaml";
import { ConfigurationTextError, type Document, keyPath, type Position, Positions } from "./positions.ts";

/** More is no configuration; so much is read in a moment, however it is written. */
const LARGEST_YAML = 65_536;
/** Each may stand for a large part of the file. */
const MOST_ALIASES = 50;

/**
 * Reads YAML 1.2 strictly: one document, text keys, each once, no tags but YAML's own, no warnings. Errors quote nothing
 * of the text, which may hold a secret.
 */
export function readYaml(text: string): Document {
  if (Buffer.byteLength(text, "utf8") > LARGEST_YAML)
    throw new ConfigurationError("config", `The file must be at most ${LARGEST_YAML} bytes.`);
  const lines = new LineCounter();
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const refuse = (offset: number, problem: string) =>
    new ConfigurationTextError("config", `The text is not YAML that can be used: ${problem}.`, positionOf(offset));
  try {
    const document = parseDocument(text, {
      lineCounter: lines,
      // Its own check compares each key with each other one.
      uniqueKeys: false,
      stringKeys: true,
      resolveKnownTags: false,
      prettyErrors: false,
      // "silent" would leave out that there is a second document.
      logLevel: "error",
    });
    const [problem] = [...document.errors, ...document.warnings];
    if (problem !== undefined) throw refuse(problem.pos[0], problem.code.toLowerCase().replaceAll("_", " "));
    checkNodes(document, refuse);
    const positions = new Positions();
    if (document.contents !== null) collect(document.contents as Node, "", positions, positionOf);
    return { value: document.toJS({ maxAliasCount: MOST_ALIASES }), positions };
  } catch (error) {
    if (error instanceof ConfigurationError) throw error;
    // The parser's own message may quote the line; nesting without end overflows its stack.
    throw refuse(0, "it is nested too deep, or has a broken alias");
  }
}

function checkNodes(document: YAMLDocument.Parsed, refuse: (offset: number, problem: string) => Error): void {
  let aliases = 0;
  visit(document, {
    Map: (_key, map) => checkKeysOnce(map, refuse),
    Alias(_key, { range }) {
      aliases += 1;
      if (aliases > MOST_ALIASES) throw refuse(range?.[0] ?? 0, "too many aliases");
    },
  });
}

function checkKeysOnce(map: YAMLMap, refuse: (offset: number, problem: string) => Error): void {
  const seen = new Set<unknown>();
  for (const { key } of map.items) {
    const name = isScalar(key) ? key.value : key;
    if (seen.has(name)) throw refuse(isScalar(key) ? (key.range?.[0] ?? 0) : 0, "a key appears twice");
    seen.add(name);
  }
}

function collect(
  node: Node,
  path: string,
  positions: Positions,
  positionOf: (offset: number) => Position,
  key?: Position,
): void {
  positions.add(path, node.range == null ? (key ?? { line: 1, column: 1 }) : positionOf(node.range[0]), key);
  if (isSeq(node)) {
    node.items.forEach((item, index) => {
      if (!isPair(item)) collect(item as Node, `${path}[${index}]`, positions, positionOf);
    });
  }
  if (!isMap(node)) return;
  for (const { key: name, value } of node.items) {
    if (!isScalar(name) || name.range == null) continue;
    const at = positionOf(name.range[0]);
    const own = keyPath(path, String(name.value));
    if (value === null) positions.add(own, at, at);
    else collect(value as Node, own, positions, positionOf, at);
  }
}
