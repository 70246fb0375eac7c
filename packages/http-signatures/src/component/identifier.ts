import { parseItem, serializeItem } from "structured-headers";
import type { Item } from "../field/structured.ts";

/** One thing that a signature covers: a header, or what is derived from the message, and how it is to be read. */
export interface Component {
  /** As it stands in the signature base: `"content-type"`, `"@query-param";name="id"`. */
  readonly id: string;
  /** The same whatever the order of its parameters, which means nothing (RFC 9421, 2). */
  readonly same: string;
  /** Lower case: `content-type`, `@method`. */
  readonly name: string;
  /** The member of a dictionary that is meant, instead of the whole (`key`). */
  readonly key: string | undefined;
  /** The query parameter that is meant, encoded (`name`). */
  readonly parameter: string | undefined;
  /** Its value is rewritten as a structured field (`sf`). */
  readonly structured: boolean;
  /** Each of its lines is wrapped as bytes (`bs`). */
  readonly bytes: boolean;
  /** It is of the request that is answered (`req`). */
  readonly request: boolean;
  /** It is of the trailers (`tr`). */
  readonly trailer: boolean;
}

/** RFC 9110, 5.6.2, in lower case (RFC 9421, 2.1). */
const FIELD = /^[!#$%&'*+.^_`|~0-9a-z-]{1,128}$/;
const FLAGS: Readonly<Record<string, "structured" | "bytes" | "request" | "trailer">> = {
  sf: "structured",
  bs: "bytes",
  req: "request",
  tr: "trailer",
};
/** Which derived components there are, and which parameters they know (RFC 9421, 2.2). */
const DERIVED: ReadonlyMap<string, readonly string[]> = new Map([
  ["@method", ["req"]],
  ["@target-uri", ["req"]],
  ["@authority", ["req"]],
  ["@scheme", ["req"]],
  ["@request-target", ["req"]],
  ["@path", ["req"]],
  ["@query", ["req"]],
  ["@query-param", ["req", "name"]],
  ["@status", []],
]);
const OF_FIELDS = ["sf", "key", "bs", "req", "tr"];

/** A component identifier, or a phrase that says why it is none that can be understood. */
export function readComponent([name, parameters]: Item): Component | string {
  if (typeof name !== "string") return "a covered component is no string";
  const derived = DERIVED.get(name);
  if (derived === undefined && name.startsWith("@")) return `"${short(name)}" is no component that can be derived`;
  if (derived === undefined && !FIELD.test(name)) return `"${short(name)}" is no name of a header in lower case`;
  const known = derived ?? OF_FIELDS;
  const flags = { structured: false, bytes: false, request: false, trailer: false };
  let key: string | undefined;
  let parameter: string | undefined;
  for (const [word, value] of parameters) {
    if (!known.includes(word)) return `"${short(name)}" has the parameter "${short(word)}", which is not known of it`;
    const flag = FLAGS[word];
    if (flag !== undefined && value === true) flags[flag] = true;
    else if (flag === undefined && typeof value === "string")
      [key, parameter] = word === "key" ? [value, parameter] : [key, value];
    else return `the parameter "${word}" of "${short(name)}" has a value of the wrong type`;
  }
  if (flags.bytes && (flags.structured || key !== undefined)) return `"${short(name)}" has "bs" beside "sf" or "key"`;
  if (name === "@query-param" && parameter === undefined) return '"@query-param" has no "name"';
  const id = serializeItem([name, parameters]);
  return { id, same: sorted(id, name, parameters), name, key, parameter, ...flags };
}

function sorted(id: string, name: string, parameters: Item[1]): string {
  return parameters.size < 2
    ? id
    : serializeItem([name, new Map([...parameters].sort(([a], [b]) => (a < b ? -1 : 1)))]);
}

/** Text of strangers, cut to what fits a sentence. */
function short(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

/**
 * A component as people write it: `@method`, `content-type`, `@query-param;name="id"`, `"@authority";req`.
 *
 * @returns a phrase where it is none
 */
export function parseComponent(text: string): Component | string {
  if (typeof text !== "string") return "it must be a string";
  const end = text.indexOf(";");
  const quoted = text.startsWith('"') ? text : end < 0 ? `"${text}"` : `"${text.slice(0, end)}"${text.slice(end)}`;
  try {
    return readComponent(parseItem(quoted));
  } catch {
    return "it is no component identifier (RFC 9421, 2)";
  }
}
