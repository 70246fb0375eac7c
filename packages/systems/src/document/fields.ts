import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { at, checkKeys, checkText } from "@countersign/core/checks";
import { suggestion } from "./nearest.ts";

/** The longest wait that a timer can be set to. */
const LONGEST_TIMEOUT = 2_147_483_647;

/**
 * An object of a system's configuration: known keys alone, and without those that are `null`, which all five systems
 * write for "not given".
 *
 * @throws ConfigurationError that names the nearest known key
 */
export function readFields<Fields extends object>(
  value: unknown,
  known: readonly string[] | { readonly [Key in keyof Fields]-?: unknown },
  path: string,
): Fields {
  const object = readObject(value, path);
  const names = Array.isArray(known) ? (known as readonly string[]) : Object.keys(known);
  for (const key of Object.keys(object)) {
    if (names.includes(key)) continue;
    const option = at(path, key);
    throw new ConfigurationError(
      option,
      `There is no "${option}".${suggestion(key, names)} Known: ${names.join(", ")}.`,
      "unknown_option",
    );
  }
  return Object.fromEntries(Object.entries(object).filter(([, one]) => one !== null && one !== undefined)) as Fields;
}

/** An object of any keys. @throws ConfigurationError */
export function readObject(value: unknown, path: string): Record<string, unknown> {
  checkKeys(value, typeof value === "object" && value !== null ? Object.keys(value) : [], path);
  return value as Record<string, unknown>;
}

/** One of some names. @throws ConfigurationError that names the nearest */
export function readName<Name extends string>(
  value: unknown,
  path: string,
  known: readonly Name[],
  what: string,
): Name {
  const name = checkText(value, path);
  if (known.includes(name as Name)) return name as Name;
  throw new ConfigurationError(
    path,
    `${path} is ${JSON.stringify(name)}, which is not one of ${what}.${suggestion(name, known)}`,
  );
}

/** A URL that a webhook can have. @throws ConfigurationError by the configuration's own name for it */
export function readUrl(value: unknown, path: string, { https = false, ports }: UrlRules = {}): string {
  const text = checkText(typeof value === "string" ? value.trim() : value, path);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.hostname === "") {
    throw new ConfigurationError(path, `${path} must be a whole URL, beginning with https:// or http://.`);
  }
  if (https && url.protocol !== "https:") throw new ConfigurationError(path, `${path} must begin with https://.`);
  if (ports !== undefined && url.port !== "" && !ports.includes(Number(url.port))) {
    throw new ConfigurationError(path, `${path} must use port ${ports.join(" or ")}, not ${url.port}.`);
  }
  return text;
}

/** What a system allows. */
export interface UrlRules {
  readonly https?: boolean;
  readonly ports?: readonly number[];
}

/** A duration of at least a millisecond that a request may take. @throws ConfigurationError */
export function readTimeout(value: unknown, path: string): number {
  return parseDuration(value as Duration, path, 1, LONGEST_TIMEOUT);
}

/** Headers as an object of texts, trimmed. @throws ConfigurationError that never shows a value */
export function readHeaders(value: unknown, path: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readObject(value, path)).map(([name, one]) => [
      name.trim(),
      readHeader(name.trim(), one, at(path, name)),
    ]),
  );
}

function readHeader(name: string, value: unknown, path: string): string {
  if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/.test(name)) {
    throw new ConfigurationError(path, `${path} is not a header name.`, "malformed_header");
  }
  const text = checkText(typeof value === "string" ? value.trim() : value, path);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(text)) {
    throw new ConfigurationError(path, `${path} must be one line of Latin-1 text.`, "malformed_header");
  }
  return text;
}
