import { ConfigurationError } from "@countersign/core";
import { readJson } from "./json.ts";
import type { Document } from "./positions.ts";
import { readToml } from "./toml.ts";
import { readYaml } from "./yaml.ts";

/** The formats in which the systems keep their configuration. `json` takes HuJSON too: comments, trailing commas. */
export type TextFormat = "json" | "yaml" | "toml";

const LARGEST_FILE = 1_048_576;
const READERS: Readonly<Record<TextFormat, (text: string) => Document>> = {
  json: readJson,
  yaml: readYaml,
  toml: readToml,
};

/**
 * Takes a configuration as text or as a value.
 *
 * @param formatOf decides which format a text is in
 * @throws ConfigurationError for text that is not in that format, with line and column
 */
export function readDocument(input: unknown, formatOf: (text: string) => TextFormat): Document {
  if (typeof input !== "string") return { value: input };
  if (input.length > LARGEST_FILE) {
    throw new ConfigurationError("config", `The text must be at most ${LARGEST_FILE} characters.`);
  }
  const text = input.startsWith("\uFEFF") ? input.slice(1) : input;
  if (text.trim() === "") throw new ConfigurationError("config", "The text is empty.");
  return READERS[formatOf(text)](text);
}
