import type { RequestHead } from "@countersign/core";

/** The headers of a request in any of the ways in which frameworks have them, as lines. */
export function linesOf({ headers, rawHeaders }: RequestHead & { readonly rawHeaders?: unknown }): [string, string][] {
  if (Array.isArray(rawHeaders)) {
    return Array.from({ length: rawHeaders.length >> 1 }, (_, i) => [
      String(rawHeaders[2 * i]),
      String(rawHeaders[2 * i + 1]),
    ]);
  }
  if (isIterable(headers)) return [...headers].map(([name, value]) => [name, value]);
  return Object.entries(headers).flatMap(([name, value]) =>
    [(value as string | readonly string[] | undefined) ?? []].flat().map((one): [string, string] => [name, one]),
  );
}

function isIterable(headers: object): headers is Iterable<[string, string]> {
  return typeof (headers as Partial<Iterable<unknown>>)[Symbol.iterator] === "function";
}
