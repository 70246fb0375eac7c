import type { HeadersLike } from "../head/headers.ts";

/** All values of one header by its lower-case name, in whichever shape the headers come. */
export function valuesOf(headers: HeadersLike, name: string): readonly string[] {
  if (typeof (headers as { get?: unknown }).get === "function") {
    const value: unknown = (headers as { get(name: string): unknown }).get(name);
    return texts(value);
  }
  return Object.entries(headers as object).flatMap(([key, value]) => (key.toLowerCase() === name ? texts(value) : []));
}

function texts(value: unknown): readonly string[] {
  const list = Array.isArray(value) ? value : [value];
  return list.filter((one) => typeof one === "string" || typeof one === "number").map(String);
}

/** The names of all headers that are there, as far as they can be listed, in lower case. */
export function namesOf(headers: HeadersLike): readonly string[] {
  const listed = (headers as { keys?: unknown }).keys;
  const names =
    typeof listed === "function" ? [...(headers as unknown as { keys(): Iterable<unknown> }).keys()] : undefined;
  const own =
    names ??
    Object.entries(headers as object).flatMap(([name, value]) => (value === undefined || value === null ? [] : [name]));
  return own.filter((name) => typeof name === "string").map((name) => (name as string).toLowerCase());
}
