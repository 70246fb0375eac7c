import {
  type Dictionary,
  type InnerList,
  parseDictionary,
  parseItem,
  parseList,
  serializeDictionary,
  serializeItem,
  serializeList,
} from "structured-headers";

export type { Dictionary, InnerList, Item } from "structured-headers";

/** The three forms that a structured field can have (RFC 9651). */
export type FieldType = "dictionary" | "list" | "item";

/**
 * A dictionary, or nothing where the text is none. A name that stands there twice makes it none: the grammar says that the
 * last one counts, and not everybody reads it so.
 */
export function readDictionary(text: string): Dictionary | undefined {
  let read: Dictionary;
  try {
    read = parseDictionary(text);
  } catch {
    return undefined;
  }
  const { members, parameters } = separators(text);
  if (members !== read.size) return undefined;
  let count = 0;
  for (const [value, own] of read.values()) count += own.size + (Array.isArray(value) ? inside(value) : 0);
  return count === parameters ? read : undefined;
}

/** Whether a list is one, with each parameter of its items once. */
export function readInnerList(text: string): InnerList | undefined {
  const [[, member] = []] = readDictionary(`a=${text}`) ?? [];
  return Array.isArray(member?.[0]) ? (member as InnerList) : undefined;
}

function inside(items: readonly (readonly [unknown, ReadonlyMap<string, unknown>])[]): number {
  let count = 0;
  for (const [, parameters] of items) count += parameters.size;
  return count;
}

/** The text in the one form that the standard has for it, or nothing where it cannot be told. */
export function rewrite(text: string, type: FieldType): string | undefined {
  // 1.0 is read to the number 1, which would be written as an integer: another value.
  if (/\d\.0{1,3}(?!\d)/.test(withoutStrings(text))) return undefined;
  try {
    if (type === "list") return serializeList(parseList(text));
    if (type === "item") return serializeItem(parseItem(text));
    const read = readDictionary(text);
    return read === undefined ? undefined : serializeDictionary(read);
  } catch {
    return undefined;
  }
}

/** How many members and parameters were written, by what separates them. */
function separators(text: string): { readonly members: number; readonly parameters: number } {
  const bare = withoutStrings(text);
  let members = 1;
  let parameters = 0;
  for (let i = 0; i < bare.length; i++) {
    const code = bare.charCodeAt(i);
    if (code === 0x2c) members++;
    else if (code === 0x3b) parameters++;
  }
  return { members: /^ *$/.test(bare) ? 0 : members, parameters };
}

/** The text with nothing between its quotes. A backslash escapes in strings, and not in display strings (`%"…"`). */
function withoutStrings(text: string): string {
  let bare = "";
  let from = 0;
  let quote = text.indexOf('"');
  while (quote >= 0) {
    bare += text.slice(from, quote + 1);
    const display = text.charCodeAt(quote - 1) === 0x25;
    let end = quote + 1;
    while (end < text.length && text.charCodeAt(end) !== 0x22) end += !display && text.charCodeAt(end) === 0x5c ? 2 : 1;
    from = end;
    quote = text.indexOf('"', end + 1);
  }
  return bare + text.slice(from);
}
