import type { RequestHead } from "../head/head.ts";
import { getPlainHeader } from "../head/headers.ts";

/** A form's fields: a list where a name appears more than once. No prototype, so that `__proto__` is a field like any other. */
export type FormPayload = Record<string, string | string[]>;

const ESCAPES = /%(?![0-9A-Fa-f]{2})/;

/** Reads `application/x-www-form-urlencoded`; `undefined` when an escape is broken or its text is not UTF-8. */
export function parseForm(text: string): FormPayload | undefined {
  if (ESCAPES.test(text)) return undefined;
  const fields: FormPayload = Object.create(null);
  if (text === "") return fields;
  for (const pair of text.split("&")) {
    if (pair === "") continue;
    const equals = pair.indexOf("=");
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = decode(equals === -1 ? "" : pair.slice(equals + 1));
    if (name === undefined || value === undefined) return undefined;
    const known = fields[name];
    if (known === undefined) fields[name] = value;
    else if (typeof known === "string") fields[name] = [known, value];
    else known.push(value);
  }
  return fields;
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return undefined;
  }
}

/** What Twilio signs of a form: names in code-unit order, each followed by its distinct values, sorted. */
export function sortedForm(fields: FormPayload): string {
  let text = "";
  for (const name of Object.keys(fields).sort()) {
    const value = fields[name] as string | string[];
    for (const one of typeof value === "string" ? [value] : [...new Set(value)].sort()) text += name + one;
  }
  return text;
}

/** Whether the head says that its body is a form. The content type is hardly ever signed. */
export function isForm({ headers, rawHeaders }: RequestHead): boolean {
  const type = getPlainHeader(headers, "content-type", rawHeaders);
  return typeof type === "string" && /^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(type.trim());
}
