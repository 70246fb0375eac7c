import { ConfigurationError } from "../errors/errors.ts";

const LOOPBACK = /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/**
 * The one address that a source asks, written as URLs are. It is https, so that who is between cannot put in a key of his
 * own; plain http is for a test server on this machine, and only when it is asked for.
 *
 * @throws ConfigurationError
 */
export function checkAddress(url: unknown, allowLoopback: boolean): URL {
  let parsed: URL;
  try {
    parsed = new URL(url as string);
  } catch {
    throw wrong('must be a whole URL, such as "https://example.com/.well-known/jwks.json"');
  }
  const isLoopback = parsed.protocol === "http:" && LOOPBACK.test(parsed.hostname);
  if (parsed.protocol !== "https:" && !isLoopback)
    throw wrong("must begin with https://: keys that others can change on the way prove nothing");
  if (isLoopback && !allowLoopback) throw wrong("is plain http on this machine: for a test set allowLoopback to true");
  if (parsed.username !== "" || parsed.password !== "")
    throw wrong("must not hold a user name or a password: give headers");
  if (parsed.hash !== "") throw wrong('must not hold a "#": no server is told what stands behind it');
  return parsed;
}

function wrong(why: string): ConfigurationError {
  return new ConfigurationError("url", `url ${why}.`);
}

/** How an address is named to people: without its query, where tokens stand. */
export function nameOf({ origin, pathname }: URL): string {
  return origin + pathname;
}
