import { table } from "../lib/table.ts";

/**
 * Headers by which a caller decides what the handler's work is answered with: none of them is signed, and 304, 406, 412
 * or 416 in place of the handler's own answer would read as a failure and let the delivery in again.
 */
const CONDITIONAL: readonly string[] = [
  "accept",
  "range",
  "if-range",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "if-unmodified-since",
];

const NONE: Readonly<Record<string, string>> = table({});

/** Takes them out of the headers that the handler sees, and gives back what was taken. */
export function withhold(headers: Record<string, string | string[] | undefined>): Readonly<Record<string, string>> {
  let taken: Record<string, string> | undefined;
  for (const name of CONDITIONAL) {
    const value = headers[name];
    if (value === undefined) continue;
    taken ??= Object.create(null) as Record<string, string>;
    taken[name] = String(value);
    headers[name] = undefined;
  }
  return taken ?? NONE;
}

/** The same for a Fetch request, whose headers may be the runtime's: a request without them then takes its place. */
export function withholdRequest(request: Request): {
  /** What the handler is given: the same request where nothing was taken. */
  readonly request: Request;
  /** What was taken, by lower-case name. */
  readonly withheld: Readonly<Record<string, string>>;
} {
  const taken: Record<string, string> = Object.create(null);
  for (const name of CONDITIONAL) {
    const value = request.headers.get(name);
    if (value !== null) taken[name] = value;
  }
  const names = Object.keys(taken);
  if (names.length === 0) return { request, withheld: NONE };
  const headers = new Headers(request.headers);
  for (const name of names) headers.delete(name);
  const { method, url, signal } = request;
  return { request: new Request(url, { method, headers, signal }), withheld: taken };
}
