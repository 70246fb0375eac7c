import { AMBIGUOUS } from "../head/headers.ts";
import type { ContentPart, ContentReference } from "./content.ts";

/** Why listed headers cannot be read. */
export class Unlisted {
  readonly header: string;
  readonly problem: string | undefined;
  constructor(header: string, problem?: string) {
    this.header = header;
    this.problem = problem;
  }
}

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
 * Values may hold the characters that part them. A value with `;name:` in it, for a listed name, could be cut in
 * another place and give other values under the same signature: it is refused. Since the list is itself one of the
 * listed headers, the text can then be read in one way only.
 */
export function readList(
  part: ContentReference,
  get: (name: string) => string | undefined | typeof AMBIGUOUS,
): string | Unlisted {
  const list = part.name as string;
  const text = get(list);
  if (typeof text !== "string") return new Unlisted(list, text === AMBIGUOUS ? "it stands there twice" : undefined);
  const names = text.toLowerCase().split(",");
  if (names.length > MAX_LISTED || !names.every((name) => NAME.test(name)) || new Set(names).size !== names.length) {
    return new Unlisted(list, "it is not a list of header names");
  }
  const missing = part.required?.find((name) => !names.includes(name));
  if (missing !== undefined) return new Unlisted(list, `it leaves out "${missing}"`);
  names.sort();
  const pairs: string[] = [];
  for (const name of names) {
    const value = name === list ? names.join(",") : get(name);
    if (value === undefined) return new Unlisted(name);
    if (value === AMBIGUOUS) return new Unlisted(name, "it stands there twice");
    if (NOT_A_VALUE.test(value)) return new Unlisted(name, "it holds characters that no header can hold");
    if (names.some((other) => value.includes(`;${other}:`))) return new Unlisted(name, "it reads like several headers");
    pairs.push(`${name}:${value.trim()}`);
  }
  return pairs.join(";");
}
