import type { Table } from "@countersign/core/checks";
import { serializeInnerList, serializeItem } from "structured-headers";
import { KNOWN_FIELDS } from "../field/known.ts";
import { headerLines, Unclear } from "../field/lines.ts";
import type { HeaderSource } from "../field/message.ts";
import { type FieldType, type InnerList, type Item, readDictionary, rewrite } from "../field/structured.ts";
import type { Component } from "./identifier.ts";

/** The value of a covered header, or a phrase that says why it has none. Several lines are one value (RFC 9421, 2.1). */
export function fieldValue(
  component: Component,
  source: HeaderSource,
  fields: Table<FieldType>,
): { readonly value: string } | string {
  const lines = headerLines(source, component.name);
  if (lines === undefined) return "it is not there";
  if (lines instanceof Unclear) return lines.problem;
  if (component.bytes) return wrapped(lines);
  const value = lines.length === 1 ? (lines[0] as string) : lines.join(", ");
  if (!component.structured && component.key === undefined) return { value };
  const type = fields[component.name] ?? KNOWN_FIELDS[component.name];
  if (component.key !== undefined) {
    return type === undefined || type === "dictionary" ? member(value, component.key) : "it is no dictionary";
  }
  if (type === undefined) return 'it is not known to be a structured field: name it in "fields"';
  const strict = rewrite(value, type);
  return strict === undefined ? `it cannot be read as a ${type}` : { value: strict };
}

function member(value: string, key: string): { readonly value: string } | string {
  const found = readDictionary(value)?.get(key);
  if (found === undefined) return `it is no dictionary with a member "${key.slice(0, 40)}"`;
  try {
    return { value: Array.isArray(found[0]) ? serializeInnerList(found as InnerList) : serializeItem(found as Item) };
  } catch {
    return "its member cannot be written down";
  }
}

/** Each line as bytes: what one line is and what is another cannot be mixed up (RFC 9421, 2.1.3). */
function wrapped(lines: readonly string[]): { readonly value: string } | string {
  const items: string[] = [];
  for (const line of lines) {
    if (/[\u0100-\uffff]/.test(line)) return "it holds more than bytes";
    items.push(`:${btoa(line)}:`);
  }
  return { value: items.join(", ") };
}
