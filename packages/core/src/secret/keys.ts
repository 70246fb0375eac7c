import { platform } from "#crypto";
import type { Content, MacKey } from "../crypto/shape.ts";
import { fromBase64, fromHex } from "../lib/bytes.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Ed25519Scheme, MacScheme, Scheme, TokenScheme } from "../scheme/scheme.ts";
import { credentialOf, macSecret, publicKey } from "./decode.ts";
import type { Secret } from "./secrets.ts";

/**
 * One active secret, prepared for its scheme. `matches` says whether one of the signatures was made with it; `mac` is
 * there for schemes whose MAC can be fed while the body arrives.
 */
export interface Key {
  /** A MAC that can be fed in pieces; absent for schemes that only compare at the end. */
  readonly mac?: MacKey;
  /** Whether any of these was made over this content; absent for a static credential. */
  matches?(content: Content, signatures: readonly string[]): MaybePromise<boolean>;
  /** For a static credential: its SHA-256, so that comparing tells nothing about the length. */
  readonly credential?: MaybePromise<string>;
}

/**
 * Turns a secret as the user gave it into what can be compared. Throws a `ConfigurationError` for one that does not
 * decode.
 */
export type KeyMaker = (secret: Secret) => Key;

/** How a scheme's secrets become keys. Each kind of scheme is looked up once. */
export function keyMaker(scheme: Scheme): KeyMaker {
  return MAKERS[scheme.kind](scheme as never);
}

const MAKERS = {
  hmac: (scheme: MacScheme): KeyMaker =>
    function macKey(secret) {
      return { mac: platform.macKey(scheme.digest, macSecret(secret, scheme.secret)) };
    },
  ed25519: (scheme: Ed25519Scheme): KeyMaker =>
    function ed25519Key(secret) {
      const verify = platform.verifyKey(publicKey(secret, scheme.publicKey));
      const decode = scheme.encoding === "hex" ? fromHex : fromBase64;
      return {
        async matches(content, signatures) {
          for (const signature of signatures) if (await verify(content, decode(signature) as Uint8Array)) return true;
          return false;
        },
      };
    },
  token: (scheme: TokenScheme): KeyMaker =>
    function tokenKey(secret) {
      return { credential: platform.textDigest(credentialOf(scheme, secret)) };
    },
};

/** Whether one of the signatures is this MAC. Looks at all of them, whichever matches. */
export function anyEqual(mac: string, signatures: readonly string[]): boolean {
  let found = false;
  for (const signature of signatures) if (platform.equal(mac, signature)) found = true;
  return found;
}
