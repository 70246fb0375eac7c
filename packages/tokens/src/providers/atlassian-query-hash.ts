/**
 * The text whose SHA-256 is a Connect token's `qsh`: method, path and query, each in a canonical form, so that a proxy
 * which encodes them otherwise does not matter.
 *
 * @param basePath the path of the app's `baseUrl`, which is left out
 * @see https://developer.atlassian.com/cloud/bitbucket/query-string-hash/
 */
export function canonicalRequest(method: string, url: string, basePath: string): string {
  const [path = "", query = ""] = splitUrl(url);
  return `${method.toUpperCase()}&${canonicalPath(path, basePath)}&${canonicalQuery(query)}`;
}

function splitUrl(url: string): readonly [string, string] {
  const bare = url.replace(/^https?:\/\/[^/?#]*/i, "").replace(/#.*$/, "");
  const at = bare.indexOf("?");
  return at === -1 ? [bare, ""] : [bare.slice(0, at), bare.slice(at + 1)];
}

function canonicalPath(path: string, basePath: string): string {
  const within = basePath !== "" && (path === basePath || path.startsWith(`${basePath}/`));
  const rest = (within ? path.slice(basePath.length) : path).replace(/\/$/, "").replaceAll("&", "%26");
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/** Sorted by name; the values of one name sorted, behind a comma each; the token itself left out. */
function canonicalQuery(query: string): string {
  const values = new Map<string, string[]>();
  for (const pair of query.split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    const name = encode(decode(at === -1 ? pair : pair.slice(0, at)));
    if (name === "jwt") continue;
    values.set(name, [...(values.get(name) ?? []), encode(decode(at === -1 ? "" : pair.slice(at + 1)))]);
  }
  return [...values.keys()]
    .sort()
    .map((name) => `${name}=${(values.get(name) as string[]).sort().join(",")}`)
    .join("&");
}

/** Text that is no percent encoding stays as it is: its hash will be another, and no exception. */
function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

/** RFC 3986, 2.3: all but unreserved characters. Half a surrogate pair has no encoding. */
function encode(text: string): string {
  const reserved = (character: string): string => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text.replace(/\p{Surrogate}/gu, "\ufffd")).replace(/[!'()*]/g, reserved);
}
