import { ConfigurationError } from "../errors/errors.ts";
import { checkHeaderName } from "../scheme/check.ts";

/** A name from a list that its vendor lengthens: the known ones complete in an editor, any other is accepted. */
export type Open<Known extends string> = Known | (string & {});

/**
 * A name that the list of the known ones lacks. It is text, and only looks to the compiler as if it ended like this: a
 * literal compared with it does not compile, because that could only be a known name that is misspelt.
 */
export type Unlisted = `${string} (not listed)`;

/** The value as an object with fields, or nothing. */
export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

/** The non-empty text at the end of a path of fields, or nothing. Inherited fields are none. */
export function textAt(value: unknown, ...path: readonly string[]): string | undefined {
  let at = value;
  for (const name of path) {
    const fields = record(at);
    if (fields === undefined || !Object.hasOwn(fields, name)) return undefined;
    at = fields[name];
  }
  return typeof at === "string" && at !== "" ? at : undefined;
}

/** One key out of several parts, none of which can be mistaken for another; nothing when one is missing. */
export function joinKey(...parts: readonly (string | number | undefined)[]): string | undefined {
  return parts.includes(undefined) ? undefined : JSON.stringify(parts);
}

/** One key for a batch: the keys of all its events, in order; nothing when one has none. */
export function batchKey(events: unknown, key: (event: unknown) => string | undefined): string | undefined {
  return Array.isArray(events) && events.length > 0 ? joinKey(...events.map(key)) : undefined;
}

/** The header that an operator chose, in lower case; throws unless it can be one. */
export function headerName(name: string): string {
  checkHeaderName(name, "header");
  return name.toLowerCase();
}

/**
 * What comes before the credential. An `Authorization` header holds a scheme's word before it (RFC 9110, 11.6.2), so
 * that `"Bearer "` is what it means unless something else is said; other headers hold the credential alone.
 */
export function headerPrefix(prefix: unknown, header: string, where: string): string {
  if (prefix === undefined) return header === "authorization" || header === "proxy-authorization" ? "Bearer " : "";
  if (typeof prefix === "string" && /^(?:[\x21-\x7e][\x20-\x7e]{0,127})?$/.test(prefix)) return prefix;
  throw new ConfigurationError(
    "prefix",
    `${where}'s prefix must be visible ASCII text, such as "Bearer " with its blank, or "" for none.`,
  );
}

/** Throws for an option that does not exist: a typing error must not silently become a default. */
export function checkOptions(options: unknown, known: readonly string[], where: string): void {
  if (record(options) === undefined)
    throw new ConfigurationError("options", `${where} takes an object: ${known.join(", ")}.`);
  for (const name of Object.keys(options as object)) {
    if (!known.includes(name)) {
      throw new ConfigurationError(
        name,
        `${where} has no option "${name}". It has: ${known.join(", ")}.`,
        "unknown_option",
      );
    }
  }
}

/** A reply that is one line of text, told to browsers as nothing else. */
export function textReply(body: string) {
  return {
    status: 200,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff" },
    body,
  };
}

/** A reply in JSON. */
export function jsonReply(value: unknown) {
  return { status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(value) };
}

/** A challenge that may be repeated into an answer: visible ASCII, not too long. */
export const CHALLENGE = /^[\x21-\x7e]{1,1024}$/;
