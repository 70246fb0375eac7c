import { evaluate, parse, type ValueNode } from "@humanwhocodes/momoa";
import { ConfigurationTextError, type Document, keyPath, type Position, Positions, setKey } from "./positions.ts";

/** Reads JSON, or HuJSON: with comments and trailing commas. https://github.com/tailscale/hujson */
export function readJson(text: string): Document {
  const positions = new Positions();
  return { value: build(parseText(text), "", positions), positions };
}

const TOO_DEEP = "The text is not valid JSON here: it is nested too deeply.";

function parseText(text: string): ValueNode {
  try {
    return parse(text, { mode: "jsonc", allowTrailingCommas: true }).body;
  } catch (error) {
    if (error instanceof RangeError) throw new ConfigurationTextError("config", TOO_DEEP, { line: 1, column: 1 });
    const { line = 1, column = 1, message } = error as Error & Partial<Position>;
    const why = message.replace(/ \(\d+:\d+\)$/, "").replace(/\.$/, "");
    throw new ConfigurationTextError("config", `The text is not valid JSON: ${why}.`, { line, column });
  }
}

function build(node: ValueNode, path: string, positions: Positions, key?: Position): unknown {
  positions.add(path, node.loc.start, key);
  if (node.type === "Array") {
    return node.elements.map(({ value }, index) => build(value, `${path}[${index}]`, positions));
  }
  if (node.type !== "Object") return evaluate(node);
  const value: Record<string, unknown> = {};
  for (const member of node.members) {
    const name = member.name.type === "String" ? member.name.value : member.name.name;
    const own = keyPath(path, name);
    if (Object.hasOwn(value, name)) {
      throw new ConfigurationTextError(own, `${own} appears twice. Keep one of them.`, member.name.loc.start);
    }
    setKey(value, name, build(member.value, own, positions, member.name.loc.start));
  }
  return value;
}
