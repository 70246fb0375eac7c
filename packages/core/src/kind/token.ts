import { platform } from "#crypto";
import { AMBIGUOUS, getHeader } from "../head/headers.ts";
import { andThen, every, type MaybePromise } from "../lib/promises.ts";
import { Fault, type ProofHead } from "../scheme/proof-scheme.ts";
import type { TokenScheme } from "../scheme/scheme.ts";
import type { Secret } from "../scheme/secret.ts";
import { credentialOf } from "../secret/decode.ts";

/**
 * A static credential in one header, compared timing-safe over hashes. It signs nothing: whoever has seen one request
 * can send any other.
 *
 * @example
 * ```ts
 * import { defineProvider, token } from "@countersign/core";
 *
 * const intranet = defineProvider({
 *   name: "intranet",
 *   docs: "https://example.com/docs",
 *   scheme: token({ header: "authorization", prefix: "Bearer " }),
 * });
 * ```
 */
export function token(scheme: {
  /** Upper or lower case, such as `"Authorization"`. */
  readonly header: string;
  /** What precedes the credential, blank included: `"Bearer "`. Default none. */
  readonly prefix?: string;
  /** For Basic authentication (RFC 7617), with the prefix `"Basic "`: the user name, to which the secret is the password. */
  readonly username?: string;
}): TokenScheme {
  const { prefix = "", username } = scheme;
  const header = scheme.header.toLowerCase();
  return Object.freeze({
    kind: "token",
    header,
    prefix,
    ...(username === undefined ? {} : { username }),
    description: "a static credential",
    headers: Object.freeze([header]),
    covers: "nothing",
    prepare: (secret) => platform.textDigest(credentialOf({ username }, secret)),
    read: (head) => readCredential(head, header, prefix),
    judgeHead: (presented, keys) =>
      andThen(keys(), (known) =>
        andThen(indexOf(presented, known), (secretIndex) =>
          secretIndex < 0 ? new Fault("credential_mismatch", header) : { secretIndex },
        ),
      ),
    signer([secret]) {
      const value = prefix + credentialOf({ username }, secret as Secret);
      return () => ({ [header]: value });
    },
  } satisfies TokenScheme);
}

/** The longest that is compared, in characters: tokens of a cloud's identity are two thousand. */
const LONGEST = 4096;

function readCredential(head: ProofHead, header: string, prefix: string): string | Fault {
  const value = getHeader(head.headers, header, head.rawHeaders);
  if (value === undefined) return new Fault("missing_signature", header);
  if (value === AMBIGUOUS) return new Fault("malformed_signature", header, "it appears twice");
  const presented = withoutPrefix(value, prefix);
  return presented === undefined || presented.length > LONGEST
    ? new Fault("malformed_signature", header, `it does not read "${prefix}<token>"`)
    : presented;
}

/** The token behind its prefix; an authentication word such as `Bearer` is the same in any case (RFC 9110). */
function withoutPrefix(value: string, prefix: string): string | undefined {
  const start = value.slice(0, prefix.length);
  const same = start === prefix || (prefix.endsWith(" ") && start.toLowerCase() === prefix.toLowerCase());
  return same && value.length > prefix.length ? value.slice(prefix.length) : undefined;
}

/** The index of the first credential that was presented, or -1. Compares hashes, so that time tells nothing of the length, and all of them, whichever matches. */
function indexOf(presented: string, known: readonly MaybePromise<string>[]): MaybePromise<number> {
  return andThen(platform.textDigest(presented), (digest) =>
    andThen(every(known), (credentials) => {
      let index = -1;
      for (let i = credentials.length - 1; i >= 0; i--) if (platform.equal(digest, credentials[i] as string)) index = i;
      return index;
    }),
  );
}
