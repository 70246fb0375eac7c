/** The parts of a request's URL, as signatures name them. */
export interface Target {
  /** Lower case: `https`. */
  readonly scheme: string;
  /** Host in lower case, and the port where it is not the scheme's own. */
  readonly authority: string;
  /** As it was sent; `/` where there is none. */
  readonly path: string;
  /** With its question mark; empty where there is none. */
  readonly query: string;
}

const ABSOLUTE = /^([a-zA-Z][a-zA-Z0-9+.-]*):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(?:#.*)?$/;
const AUTHORITY = /^(\[[0-9a-fA-F:.]+\]|[^[\]:@]+)(?::(\d{0,5}))?$/;
const PORTS: Readonly<Record<string, string>> = { http: "80", https: "443", ws: "80", wss: "443" };

/**
 * An absolute URL taken apart, with nothing decoded or resolved: what was signed is what was sent (RFC 9421, 2.2). Nothing
 * where it is no such URL, names a user, or holds what has to be escaped.
 */
export function readTarget(url: string): Target | undefined {
  if (/[^\x21-\x7e]/.test(url)) return undefined;
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
