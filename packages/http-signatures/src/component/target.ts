/** The parts of a request's URL, as signatures name them. */
export interface Target {
  /** Lower case: `https`; `undefined` where only path and query are known. */
  readonly scheme: string | undefined;
  /** Host in lower case, and the port where it is not the scheme's own. */
  readonly authority: string | undefined;
  /** As it was sent; `/` where there is none. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
}

const ABSOLUTE = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?$/;
const AUTHORITY = /^(\[[0-9a-fA-F:.]+\]|[^[\]:@]+)(?::(\d{0,5}))?$/;
const PORTS: Readonly<Record<string, string>> = { http: "80", https: "443", ws: "80", wss: "443" };

/**
 * A URL taken apart, with nothing decoded or resolved: what was signed is what was sent (RFC 9421, 2.2). It is absolute, or
 * begins with its path. Nothing where it is no such URL, names a user, or holds what has to be escaped.
 */
export function readTarget(url: string): Target | undefined {
  const known = targets.get(url);
  if (known !== undefined) return known;
  const read = takeApart(url);
  if (read === undefined || url.length > LONGEST_KEPT) return read;
  if (targets.size >= MOST_KEPT) targets.clear();
  targets.set(url, read);
  return read;
}

/** Those that were read: a receiver is called at few, again and again. */
const targets = new Map<string, Target>();
const MOST_KEPT = 256;
const LONGEST_KEPT = 512;

function takeApart(url: string): Target | undefined {
  if (/[^\x21-\x7e]/.test(url)) return undefined;
  if (url.startsWith("/")) return { scheme: undefined, authority: undefined, ...pathAndQuery(url) };
  const match = ABSOLUTE.exec(url);
  if (match === null) return undefined;
  const [, written = "", host = "", path = "", query = ""] = match;
  const authority = AUTHORITY.exec(host);
  if (authority === null) return undefined;
  const scheme = written.toLowerCase();
  const [, name = "", port = ""] = authority;
  const own = port === "" || port === PORTS[scheme];
  return {
    scheme,
    authority: own ? name.toLowerCase() : `${name.toLowerCase()}:${port}`,
    path: path === "" ? "/" : path,
    query,
  };
}

function pathAndQuery(url: string): { readonly path: string; readonly query: string } {
  const [whole = ""] = url.split("#", 1);
  const mark = whole.indexOf("?");
  return mark < 0 ? { path: whole, query: "" } : { path: whole.slice(0, mark), query: whole.slice(mark) };
}
