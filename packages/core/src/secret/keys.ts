import { platform } from "#crypto";
import type { Content, MacKey } from "../crypto/shape.ts";
import type { MaybePromise } from "../lib/promises.ts";
import { isProof, KIND, type Scheme, type SigningScheme } from "../scheme/scheme.ts";
import type { Secret } from "../scheme/secret.ts";

/**
 * One active secret, prepared for its scheme. `matches` says whether one of the signatures was made with it; `mac` is
 * there for schemes whose MAC can be fed while the body arrives.
 */
export interface Key {
  /** A MAC that can be fed in pieces; absent for schemes that only compare at the end. */
  readonly mac?: MacKey;
  /** Whether any of these was made over this content; absent where there is a MAC to compare. */
  matches?(content: Content, signatures: readonly string[]): MaybePromise<boolean>;
}

/** Signs content with one secret, and writes the signature as the scheme does. */
export type ContentSigner = (content: Content) => MaybePromise<string>;

/** How one kind of scheme turns secrets into keys. */
export interface SignatureKind<S> {
  /** For verifying. @throws ConfigurationError for a secret that does not decode */
  key(scheme: S, secret: Secret): Key;
  /** For signing. @throws ConfigurationError for a secret that does not decode */
  signer(scheme: S, secret: Secret): ContentSigner;
}

/** The kind that made a scheme. */
export function kindOf<S extends SigningScheme>(scheme: S): SignatureKind<S> {
  return scheme[KIND] as SignatureKind<S>;
}

/**
 * Turns a secret as the user gave it into what can be compared. Throws a `ConfigurationError` for one that does not
 * decode.
 */
export type KeyMaker<K = Key> = (secret: Secret) => K;

/** How a scheme's secrets become keys; those of a scheme that judges by itself are its own affair. */
export function keyMaker(scheme: Scheme): KeyMaker {
  if (isProof(scheme)) return (secret) => scheme.prepare(secret);
  const kind = kindOf<SigningScheme>(scheme);
  return (secret) => kind.key(scheme, secret);
}

/** Whether one of the signatures is this MAC. Looks at all of them, whichever matches. */
export function anyEqual(mac: string, signatures: readonly string[]): boolean {
  let found = false;
  for (const signature of signatures) if (platform.equal(mac, signature)) found = true;
  return found;
}
