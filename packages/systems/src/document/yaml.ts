import { isMap, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { ConfigurationTextError, type Document, keyPath, type Position, Positions } from "./positions.ts";

/** Reads YAML 1.2, one document, with few aliases: a file of them can stand for more than memory holds. */
export function readYaml(text: string): Document {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [error] = document.errors;
  if (error !== undefined) {
    throw new ConfigurationTextError(
      "config",
      `The text is not valid YAML: ${sentence(error.message)}`,
      positionOf(error.pos[0]),
    );
  }
  const positions = new Positions();
  if (document.contents !== null) collect(document.contents as Node, "", positions, positionOf);
  try {
    return { value: document.toJS({ maxAliasCount: 50 }), positions };
  } catch {
    throw new ConfigurationTextError(
      "config",
      "The text is not valid YAML: it has too many aliases, or a broken one.",
      {
        line: 1,
        column: 1,
      },
    );
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

function sentence(message: string): string {
  return `${message.trim().replace(/\.$/, "")}.`;
}
