import { ConfigurationError } from "./errors.ts";

export { type Table, table } from "../lib/table.ts";

/**
 * Every key of an options interface, and whether it must be given. A key that the interface lost or gained does not
 * compile, so that the check cannot drift from the type.
 *
 * @example
 * ```ts
 * import { checkOptions, type KeysOf } from "@countersign/core/checks";
 *
 * interface GrafanaOptions {
 *   readonly url: string;
 *   readonly retries?: number;
 * }
 * const KEYS: KeysOf<GrafanaOptions> = { url: "required", retries: "optional" };
 * checkOptions({ url: "https://example.com" }, KEYS, "grafana");
 * ```
 */
export type KeysOf<Options> = {
  readonly [Key in keyof Options]-?: Record<never, never> extends Pick<Options, Key> ? "optional" : "required";
};

/** A path to an option: `at("endpoint", "retry")` is `"endpoint.retry"`, and the empty path adds nothing. */
export function at(path: string, key: string): string {
  return path === "" ? key : `${path}.${key}`;
}

/**
 * Refuses what is not a plain object of known keys, so that no misspelt option silently becomes its default.
 *
 * @param known the keys themselves, or the {@link KeysOf} an interface
 * @param path how the object is called in errors: `"endpoint.throttle"`
 * @throws ConfigurationError `invalid_option` when it is no object, `unknown_option` for a key that is not known
 */
export function checkKeys(value: unknown, known: readonly string[] | object, path: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigurationError(path, `${path === "" ? "The options" : path} must be an object.`);
  }
  const names = Array.isArray(known) ? (known as readonly string[]) : Object.keys(known);
  for (const key of Object.keys(value)) {
    if (names.includes(key)) continue;
    const option = at(path, key);
    throw new ConfigurationError(
      option,
      `There is no option "${option}". Known: ${names.join(", ")}.`,
      "unknown_option",
    );
  }
}

/**
 * The same for options of our own, where `null` is refused too: it must not pass for "not given".
 *
 * @throws ConfigurationError `invalid_option` or `unknown_option`
 */
export function checkOptions<Options extends object>(
  options: Options,
  keys: { readonly [Key in keyof Options]-?: "optional" | "required" } | object,
  path: string,
): void {
  checkKeys(options, keys, path);
  for (const [key, value] of Object.entries(options)) {
    if (value !== null || (keys as Record<string, string>)[key] === "required") continue;
    const option = at(path, key);
    throw new ConfigurationError(option, `${option} is null. Leave it out, or undefined, for its default.`);
  }
}

/**
 * @param unit what it counts: `"bytes"`
 * @throws ConfigurationError unless it is a whole number in the range
 */
export function checkInteger(
  value: unknown,
  path: string,
  minimum: number,
  maximum: number = Number.MAX_SAFE_INTEGER,
  unit = "",
): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= minimum && value <= maximum) return value;
  const what = unit === "" ? "a whole number" : `a whole number of ${unit}`;
  const range = maximum === Number.MAX_SAFE_INTEGER ? `${minimum} at least` : `from ${minimum} to ${maximum}`;
  throw new ConfigurationError(path, `${path} must be ${what}, ${range}.`);
}

/** @throws ConfigurationError unless it is a boolean */
export function checkBoolean(value: unknown, path: string): boolean {
  if (typeof value !== "boolean") throw new ConfigurationError(path, `${path} must be true or false.`);
  return value;
}

/** @throws ConfigurationError unless it is a string with something in it */
export function checkText(value: unknown, path: string): string {
  if (typeof value !== "string" || value === "") {
    throw new ConfigurationError(path, `${path} must be a string that is not empty.`);
  }
  return value;
}

/** @throws ConfigurationError unless it is one of the choices */
export function checkChoice<Choice extends string>(value: unknown, path: string, choices: readonly Choice[]): Choice {
  if (typeof value !== "string" || !choices.includes(value as Choice)) {
    throw new ConfigurationError(path, `${path} must be one of ${choices.map((one) => `"${one}"`).join(", ")}.`);
  }
  return value as Choice;
}

/** @throws ConfigurationError unless it is a list of strings that are not empty */
export function checkTexts(value: unknown, path: string): readonly string[] {
  if (!Array.isArray(value)) throw new ConfigurationError(path, `${path} must be a list of strings.`);
  return value.map((one, index) => checkText(one, `${path}[${index}]`));
}

/** Passes a function, or `undefined` where there need be none. @throws ConfigurationError for anything else */
export function checkFunction<Value>(value: Value, path: string): Value {
  if (value !== undefined && typeof value !== "function") {
    throw new ConfigurationError(path, `${path} must be a function.`);
  }
  return value;
}
