import type { ConfigurationError } from "@countersign/core";
import type { EndpointOptions } from "@countersign/sender";
import { forOperators } from "./sentences.ts";

/** What is wrong with a configuration, and where it stands. */
export interface Problem {
  readonly code: string;
  /** The key, in the system's own names. */
  readonly option: string;
  readonly message: string;
  /** As it was named; `"standard input"` for `-`. */
  readonly file: string;
  /** Both count from 1; absent where it stands in no line. */
  readonly line?: number;
  readonly column?: number;
}

/** The configuration that was read, as far as it was. */
export interface Read {
  readonly path: string;
  readonly text?: string;
  readonly endpoints?: readonly EndpointOptions[];
}

/** An error of the packages, with the file, the line and the key that an operator can change. */
export function problemOf(error: ConfigurationError, read: Read): Problem {
  const { code, option, message } = error;
  const own = error as { readonly line?: number; readonly column?: number };
  const place = own.line === undefined ? placeOf(option, read) : { line: own.line, column: own.column ?? 1 };
  const file = read.path === "-" ? "standard input" : read.path;
  return { code, option, message: forOperators(message), file, ...place };
}

/** `file.yaml:6:7, key exports[0].name`: as editors and terminals open it. */
export function whereOf({ file, line, column, option }: Problem): string {
  return `${file}${line === undefined ? "" : `:${line}:${column}`}, key ${option}`;
}

/** What the sender refuses, by the endpoint's name: the line in which its URL stands, else its name. */
function placeOf(option: string, { text, endpoints = [] }: Read): { line: number; column: number } | undefined {
  const endpoint = endpoints.find(({ name }) => option.startsWith(`${name}.`));
  if (text === undefined || endpoint === undefined) return undefined;
  const key = option.slice(endpoint.name.length + 1);
  const wanted = key.startsWith("url") ? [String(endpoint.url), endpoint.name] : [endpoint.name];
  const at = wanted.map((one) => text.indexOf(one)).find((index) => index >= 0);
  if (at === undefined) return undefined;
  const before = text.slice(0, at).split("\n");
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
