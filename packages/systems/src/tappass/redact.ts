import { ConfigurationError } from "@countersign/core";
import { table } from "@countersign/core/checks";
import { suggestion } from "../document/nearest.ts";

/** Patterns that find what is to be hidden, by category. A pattern must not need more than linear time. */
export type Redactors = Readonly<Record<string, RegExp>>;

const EMAIL = /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g;
const SSN = /\b\d{3}-\d{2}-\d{4}\b/g;

/** What can be found by its form alone. The application has to define everything else. */
export const defaultRedactors: Redactors = table({
  // The names that TapPass's documents use. They say no more than these words about what is found.
  "pii.email": EMAIL,
  "pii.phone": /(?:\+\d(?:[ ().-]{0,2}\d){6,14}|\(\d{3}\) ?\d{3}[ .-]\d{4}|\b\d{3}[ .-]\d{3}[ .-]\d{4})\b/g,
  "pii.financial": /\b(?:\d(?:[ -]?\d){12,18}|[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b/g,
  "pii.ssn": SSN,
  email: EMAIL,
  credit_card: /\b\d(?:[ -]?\d){12,18}\b/g,
  ssn: SSN,
  ip_address: /\b(?:\d{1,3}\.){3}\d{1,3}\b/g,
  phone: /\+\d(?:[ ()-]?\d){6,14}\b/g,
});

/** A copy of a value in which every match in every string, keys excepted, is replaced. */
export function redact(value: unknown, patterns: readonly RegExp[], replacement: string): unknown {
  if (typeof value === "string") return patterns.reduce((text, pattern) => text.replace(pattern, replacement), value);
  if (Array.isArray(value)) return value.map((one) => redact(one, patterns, replacement));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, redact(one, patterns, replacement)]));
}

/** The patterns of some categories. @throws ConfigurationError that names the unknown one */
export function patternsOf(categories: readonly string[], own: Redactors, option: string): RegExp[] {
  return categories.map((category, index) => {
    const pattern = Object.hasOwn(own, category) ? own[category] : defaultRedactors[category];
    if (pattern === undefined) {
      throw new ConfigurationError(
        `${option}[${index}]`,
        `${option}[${index}] is ${JSON.stringify(category)}, which has no pattern.${suggestion(category, Object.keys(defaultRedactors))} Give one in context.redactors. Built in: ${Object.keys(defaultRedactors).join(", ")}.`,
      );
    }
    return new RegExp(pattern.source, pattern.flags.includes("g") ? pattern.flags : `${pattern.flags}g`);
  });
}
