import { type Jwk, readPublicJwk } from "../crypto/jwk.ts";
import { KeyFault } from "../crypto/key-fault.ts";
import { type SourceKey, usableKeys } from "./key-set.ts";
import { type KeyLookup, lookupOf } from "./lookup.ts";
import type { KeySourceOptions } from "./options.ts";

/** Members that are handed on. Whatever else a key says is not read. */
const MEMBERS = ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use"] as const;

/**
 * The keys of a JWK Set (RFC 7517, 5), as a secret: the key is chosen by the `kid` that a request names, and without one
 * all that fit are tried.
 *
 * Left out are keys that are weak, private, shared secrets (`oct`), or whose `use`, `key_ops` or `alg` say that they are
 * for something else. A `kid` that is not there asks the source again, at most three times at once and then once in
 * thirty seconds, whoever asks; until it is there, the request is refused as 401. While the source fails and nothing is
 * held, requests are answered 503.
 *
 * @param url the one address that is asked; redirects are not followed
 * @throws ConfigurationError for an address that is not https, or an option that is wrong
 * @example
 * ```ts
 * import { jwks } from "@countersign/core/keys";
 *
 * const secret = jwks("https://example.com/.well-known/jwks.json"); // createVerifier(provider, { secret })
 * ```
 */
export function jwks(url: string, options: KeySourceOptions = {}): KeyLookup {
  return lookupOf(url, options, readJwkSet);
}

/** The usable keys of a set. Throws what is the end of a sentence. */
function readJwkSet(text: string): readonly SourceKey[] {
  return usableKeys(listOf(text), readKey);
}

function listOf(text: string): readonly unknown[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error("its answer is no JSON");
  }
  const keys = typeof parsed === "object" && parsed !== null ? (parsed as { keys?: unknown }).keys : undefined;
  if (!Array.isArray(keys)) throw new Error('its answer is no JWK Set: it has no list "keys"');
  return keys;
}

function readKey(value: unknown): Pick<SourceKey, "id" | "text"> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new KeyFault("is no object");
  const jwk = value as Jwk;
  const { kid, alg } = jwk;
  if (kid !== undefined && typeof kid !== "string") throw new KeyFault('is a JWK whose "kid" is no text');
  if (alg !== undefined && typeof alg !== "string") throw new KeyFault('is a JWK whose "alg" is no text');
  readPublicJwk(jwk); // Also what `use` and `key_ops` allow, which are not handed on.
  const own: Record<string, unknown> = {};
  for (const name of MEMBERS) if (typeof jwk[name] === "string") own[name] = jwk[name];
  return { id: kid, text: JSON.stringify(own) };
}
