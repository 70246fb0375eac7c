import { ConfigurationError } from "@countersign/core";

const STEP = /\.([A-Za-z_][A-Za-z0-9_-]*)|\[(\d{1,6})\]|\['([^'\\]{1,256})'\]|\["([^"\\]{1,256})"\]/y;

/** Reads one value out of another; `undefined` where the path leads nowhere. */
export type JsonPath = (value: unknown) => unknown;

/** Compiles a path of names and indexes: `$.result.items[0]['key']`. @throws ConfigurationError for anything else */
export function compileJsonPath(source: unknown, option: string): JsonPath {
  if (typeof source !== "string" || !source.startsWith("$") || source.length > 1_024) throw refused(option);
  const steps: string[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < source.length) {
    const match = STEP.exec(source);
    if (match === null) throw refused(option);
    steps.push((match[1] ?? match[2] ?? match[3] ?? match[4]) as string);
  }
  return function readPath(value) {
    let at = value;
    for (const step of steps) {
      if (typeof at !== "object" || at === null || !Object.hasOwn(at, step)) return undefined;
      at = (at as Record<string, unknown>)[step];
    }
    return at;
  };
}

function refused(option: string): ConfigurationError {
  return new ConfigurationError(
    option,
    `${option} must be a path of names and indexes such as "$.result.items[0].id".`,
  );
}
