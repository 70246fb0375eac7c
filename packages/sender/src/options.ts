import { ConfigurationError } from "@countersign/core";

/** Refuses what is not a plain object of known options, so that no misspelt option silently becomes its default. */
export function checkKeys(value: unknown, known: readonly string[], option: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ConfigurationError(option, `${option} must be an object.`);
  }
  for (const key of Object.keys(value)) {
    if (known.includes(key)) continue;
    const path = option === "" ? key : `${option}.${key}`;
    throw new ConfigurationError(path, `${path} is not an option. Known: ${known.join(", ")}.`, "unknown_option");
  }
}

/** @throws ConfigurationError unless it is a whole number in the range */
export function checkInteger(value: unknown, option: string, minimum: number, maximum: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < minimum || value > maximum) {
    throw new ConfigurationError(option, `${option} must be a whole number from ${minimum} to ${maximum}.`);
  }
  return value;
}

/** @throws ConfigurationError unless it is a boolean */
export function checkBoolean(value: unknown, option: string): boolean {
  if (typeof value !== "boolean") throw new ConfigurationError(option, `${option} must be true or false.`);
  return value;
}

/** @throws ConfigurationError unless it is a string with something in it */
export function checkText(value: unknown, option: string): string {
  if (typeof value !== "string" || value === "") {
    throw new ConfigurationError(option, `${option} must be a string that is not empty.`);
  }
  return value;
}

/** @throws ConfigurationError unless it is one of the choices */
export function checkChoice<Choice extends string>(value: unknown, option: string, choices: readonly Choice[]): Choice {
  if (typeof value !== "string" || !choices.includes(value as Choice)) {
    throw new ConfigurationError(option, `${option} must be one of ${choices.map((one) => `"${one}"`).join(", ")}.`);
  }
  return value as Choice;
}

/** @throws ConfigurationError unless it is a list of strings */
export function checkTexts(value: unknown, option: string): readonly string[] {
  if (!Array.isArray(value)) throw new ConfigurationError(option, `${option} must be a list of strings.`);
  return value.map((one, index) => checkText(one, `${option}[${index}]`));
}
