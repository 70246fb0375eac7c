import type { RequestHead } from "../head/head.ts";
import type { ContentPart, ContentReference } from "./content.ts";
import { readHeader, Unreadable } from "./proof.ts";

const MAX_LISTED = 64;
const NAME = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const NOT_A_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

/** Whether the content lists headers of which the list must hold this one. */
export function isListed(content: readonly ContentPart[], name: string | undefined): boolean {
  return content.some(
    (part) =>
      typeof part !== "string" &&
      part.part === "headers" &&
      name !== undefined &&
      part.required?.includes(name) === true,
  );
}

/**
 * The text that is signed for the listed headers.
 *
 * Values may hold the characters that separate them. A value with `;name:` in it, for a listed name, could be cut in
 * another place and give other values under the same signature: it is refused. Since the list is itself one of the
 * listed headers, the text can then be read in one way only.
 */
export function readListedHeaders(part: ContentReference, head: RequestHead): string | Unreadable {
  const list = part.name as string;
  const text = readHeader(head, list);
  if (typeof text !== "string") return text;
  const names = text.toLowerCase().split(",");
  if (names.length > MAX_LISTED || !names.every((name) => NAME.test(name)) || new Set(names).size !== names.length) {
    return new Unreadable(list, "it is not a list of header names");
  }
  const missing = part.required?.find((name) => !names.includes(name));
  if (missing !== undefined) return new Unreadable(list, `it leaves out "${missing}"`);
  names.sort();
  const pairs: string[] = [];
  for (const name of names) {
    const value = name === list ? names.join(",") : readHeader(head, name);
    if (typeof value !== "string") return value;
    if (NOT_A_VALUE.test(value)) return new Unreadable(name, "it holds characters that no header can hold");
    if (names.some((other) => value.includes(`;${other}:`)))
      return new Unreadable(name, "it reads like several headers");
    pairs.push(`${name}:${value.trim()}`);
  }
  return pairs.join(";");
}
