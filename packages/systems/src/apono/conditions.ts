import { ConfigurationError } from "@countersign/core";
import { readFields } from "../document/fields.ts";
import type { AponoCondition } from "./config.ts";
import { compileJsonPath, type JsonPath } from "./json-path.ts";

/** A condition, checked. */
export interface Condition {
  readonly read: JsonPath;
  readonly path: string;
  readonly expected: ReadonlySet<string>;
}

/** @throws ConfigurationError */
export function readConditions(list: unknown, option: string): readonly Condition[] {
  if (!Array.isArray(list)) throw new ConfigurationError(option, `${option} must be a list.`);
  return list.map((value: unknown, index) => {
    const path = `${option}[${index}]`;
    const one = readFields<AponoCondition>(value, ["json_path", "expected_values"], path);
    const { expected_values: expected } = one;
    if (!Array.isArray(expected) || expected.length === 0) {
      throw new ConfigurationError(`${path}.expected_values`, `${path}.expected_values must list at least one value.`);
    }
    return {
      read: compileJsonPath(one.json_path, `${path}.json_path`),
      path: one.json_path,
      expected: new Set(expected.map(String)),
    };
  });
}

/** Whether a document has one of the expected values there. */
export function holds({ read, expected }: Condition, document: unknown): boolean {
  const value = read(document);
  return (typeof value !== "object" || value === null) && value !== undefined && expected.has(String(value));
}
