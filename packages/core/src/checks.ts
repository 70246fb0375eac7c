import { ConfigurationError } from "./errors.ts";

/** Throws for an option that does not exist, or is null: neither must silently become a default. */
export function refuseUnknown(options: object, known: ReadonlySet<string>, where: string): void {
  for (const [name, value] of Object.entries(options)) {
    if (!known.has(name)) {
      throw new ConfigurationError(
        name,
        `${where} has no option "${name}". It has: ${[...known].join(", ")}.`,
        "unknown_option",
      );
    }
    // `secret` says more about what is missing.
    if (value === null && name !== "secret") {
      throw new ConfigurationError(name, `${name} is null. Leave it out, or undefined, for its default.`);
    }
  }
}

/** Throws unless the value is one of a few words. */
export function oneOf<T extends string>(value: T, allowed: readonly T[], option: string): T {
  if (allowed.includes(value)) return value;
  throw new ConfigurationError(option, `${option} must be one of ${allowed.map((word) => `"${word}"`).join(", ")}.`);
}
