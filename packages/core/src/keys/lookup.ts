import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import { algorithmNamed } from "../scheme/algorithms.ts";
import type { KeyWanted, Secrets } from "../scheme/secret.ts";
import { checkAddress, nameOf } from "./address.ts";
import type { SourceKey } from "./key-set.ts";
import { type KeySourceOptions, resolveOptions } from "./options.ts";
import { KeySource } from "./source.ts";

/** What the option `secret` takes: finds the public keys that may have signed a request. */
export type KeyLookup = (request: RequestHead, context: unknown, wanted?: KeyWanted) => MaybePromise<Secrets | null>;

/** A look-up over one source. @throws ConfigurationError for an address or an option that is wrong */
export function lookupOf(
  url: string,
  options: KeySourceOptions,
  read: (text: string) => readonly SourceKey[],
): KeyLookup {
  const { allowLoopback, ...settings } = resolveOptions(options);
  const address = checkAddress(url, allowLoopback);
  const source = new KeySource(address, nameOf(address), read, settings);
  return function findKeys(_request, _context, wanted) {
    if (wanted?.algorithm === undefined) return source.find(wanted?.keyId, undefined) as MaybePromise<Secrets | null>;
    const algorithm = algorithmNamed(wanted.algorithm);
    // "none", "HS256": no public key is for it, and nobody is asked.
    return algorithm === undefined ? null : (source.find(wanted.keyId, algorithm) as MaybePromise<Secrets | null>);
  };
}
