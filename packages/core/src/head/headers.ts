/**
 * Headers in any of the forms that frameworks use: a Fetch `Headers`, or an object such as Node's `req.headers`,
 * whose names may be in any case and whose values may be lists.
 */
export type HeadersLike = FetchHeaders | HeaderRecord;

/** Headers by lookup: a standard `Headers` object of any runtime, or whatever answers `get` as it does. */
export interface FetchHeaders {
  /** Ignores case; several lines are joined by a comma, and `null` means absent. */
  get(name: string): string | null;
}

/** Names in any case; a list where the header came more than once. */
export type HeaderRecord = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What `get` answers for a header that appears more than once, where that is not one list. */
export const AMBIGUOUS = Symbol("ambiguous header");

/**
 * One header by its lower-case name.
 *
 * Two lines of one header are ambiguous, and what a proxy before us has seen may be the other one: a list of several
 * values, or two names that differ only in case, is refused. Node keeps the first of two `authorization` lines and
 * says nothing, so its `rawHeaders` are counted where they are given.
 */
export function getHeader(
  headers: HeadersLike,
  name: string,
  raw: readonly string[] | undefined,
): string | undefined | typeof AMBIGUOUS {
  const value = (headers as HeaderRecord | undefined)?.[name];
  if (typeof value === "string") {
    const twice = raw === undefined ? hasOtherCase(headers as HeaderRecord, name) : countRaw(raw, name) > 1;
    return twice ? AMBIGUOUS : value;
  }
  if (raw !== undefined && countRaw(raw, name) > 1) return AMBIGUOUS;
  if (headers === undefined || headers === null) return undefined;
  if (isFetchHeaders(headers)) return single(headers.get(name));
  return slowGet(headers, name);
}

/** One header that nothing depends on for its proof: the first spelling that is there, without a look for others. */
export function getPlainHeader(
  headers: HeadersLike,
  name: string,
  raw: readonly string[] | undefined,
): string | undefined | typeof AMBIGUOUS {
  const value = (headers as HeaderRecord)[name];
  // Node writes all names in lower case, so that a header which is not there under its name is not there.
  if (typeof value === "string" || (value === undefined && raw !== undefined)) return value;
  return getHeader(headers, name, raw);
}

function isFetchHeaders(headers: HeadersLike): headers is FetchHeaders {
  return typeof (headers as FetchHeaders).get === "function";
}

function countRaw(raw: readonly string[], name: string): number {
  const length = name.length;
  let count = 0;
  for (let i = 0; i < raw.length; i += 2) {
    const candidate = raw[i] as string;
    if (candidate.length === length && (candidate === name || candidate.toLowerCase() === name)) count++;
  }
  return count;
}

function hasOtherCase(headers: HeaderRecord, name: string): boolean {
  for (const key in headers) {
    if (key.length === name.length && key !== name && key.toLowerCase() === name && headers[key] !== undefined)
      return true;
  }
  return false;
}

function slowGet(headers: HeaderRecord, name: string): string | undefined | typeof AMBIGUOUS {
  let found: string | undefined;
  for (const key in headers) {
    if (key.length !== name.length || key.toLowerCase() !== name) continue;
    const one = single(headers[key]);
    if (one === undefined) continue;
    if (found !== undefined || one === AMBIGUOUS) return AMBIGUOUS;
    found = one;
  }
  return found;
}

/** The one value; what is neither text nor a list of one text is not a header that can be trusted to mean anything. */
function single(value: unknown): string | undefined | typeof AMBIGUOUS {
  if (typeof value === "string") return value;
  if (value === undefined || value === null) return undefined;
  if (typeof value === "number") return String(value); // Node's own type for outgoing headers allows it.
  if (!Array.isArray(value) || value.length > 1) return AMBIGUOUS;
  return value.length === 0 || typeof value[0] === "string" ? value[0] : AMBIGUOUS;
}
