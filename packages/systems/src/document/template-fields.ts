import { ConfigurationError } from "@countersign/core";
import { suggestion } from "./nearest.ts";

/** The fields that a template can use. `true`: whatever is inside it. */
export interface Fields {
  readonly [name: string]: Fields | true;
}

const SLOT = /\{\{-?\s*([A-Za-z_][A-Za-z0-9_.]*)/g;

/**
 * Refuses a template that names a field which its events do not have: it would be empty in every request.
 *
 * @param more further fields that the application's events have, with dots: `"labels.team"`
 * @throws ConfigurationError that names the nearest field
 */
export function checkTemplateFields(source: string, fields: Fields, more: readonly string[], option: string): void {
  for (const [, path = ""] of source.matchAll(SLOT)) {
    // `event` is the whole, unless the event has a field of that name.
    const name = path.replace(/^event\./, "");
    if (path === "event" || path === "event_json" || isKnown(path, fields)) continue;
    if (isKnown(name, fields) || more.some((one) => name === one || name.startsWith(`${one}.`))) continue;
    throw new ConfigurationError(
      option,
      `${option} uses {{ ${path.slice(0, 80)} }}, which events do not have.${suggestion(name, [...pathsOf(fields), ...more, "event_json"])}`,
      "unknown_field",
    );
  }
}

function isKnown(path: string, fields: Fields): boolean {
  let at: Fields | true = fields;
  for (const step of path.split(".")) {
    if (at === true || /^\d+$/.test(step)) return true;
    if (!Object.hasOwn(at, step)) return false;
    at = at[step] as Fields | true;
  }
  return true;
}

/** Every path there is: `policy_result`, `policy_result.verdict` … */
function pathsOf(fields: Fields, before = ""): string[] {
  return Object.entries(fields).flatMap(([name, inner]) => [
    before + name,
    ...(inner === true ? [] : pathsOf(inner, `${before}${name}.`)),
  ]);
}
