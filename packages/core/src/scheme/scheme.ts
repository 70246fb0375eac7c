import type { Duration } from "../time/duration.ts";
import type { ContentPart } from "./content.ts";

/** How the bytes of a secret are written down. `whsec` is base64 behind an optional `whsec_`. */
export type SecretFormat = "utf8" | "base64" | "hex" | "whsec";
/** The hash function under the HMAC. SHA-1 is there for vendors that still use it. */
export type Digest = "sha1" | "sha256" | "sha512";
/** How a signature is written down: hexadecimal in either case, or base64. */
export type Encoding = "hex" | "base64";

/** In which header a signature comes, and by which grammar. */
export interface SignatureField {
  /** The header. With several, each may carry one signature and any match passes (Box); the first must not be absent. */
  readonly header: string | readonly string[];
  /**
   * The header's grammar, default `"{signature}"`. Two kinds:
   * - one signature behind a fixed prefix: `"sha256={signature}"`, `"v1,{signature}"`;
   * - named pairs: `"t={timestamp},v1={signature}"`, `"ts={timestamp};h1={signature}"`. The signature's pair may
   *   appear more than once, the timestamp's may not; unknown names are ignored. Spaces after the separator are allowed.
   */
  readonly layout?: string;
  /** For the first kind: the header may hold several, separated by this. Entries with another prefix are ignored. */
  readonly list?: "," | " ";
}

/** Where a request says when it was signed, in which unit, and how old that may be. */
export interface TimestampField {
  /** Its own header; absent when it is part of the signature's layout. */
  readonly header?: string;
  /** Whole seconds or milliseconds since the epoch in canonical decimal, or RFC 3339 text. */
  readonly unit: "s" | "ms" | "rfc3339";
  /** How far it may lie from now, in both directions, unless the `tolerance` option says otherwise. */
  readonly tolerance: Duration;
}

/** An HMAC over parts of the request: both sides hold the same secret. */
export interface MacScheme {
  readonly kind: "hmac";
  /** The hash function under the HMAC; its length is the exact length of a signature. */
  readonly digest: Digest;
  /** How the signature is written in its header. */
  readonly encoding: Encoding;
  /** How the vendor shows the secret; the bytes under it are the key. */
  readonly secret: SecretFormat;
  /** In which header, behind which prefix or among which pairs. */
  readonly signature: SignatureField;
  /** Absent where the vendor signs no time: a request then stays valid until the secret changes. */
  readonly timestamp?: TimestampField;
  /** The header of the delivery id, when it is signed. */
  readonly id?: {
    /** Lower case, such as `"webhook-id"`. */
    readonly header: string;
  };
  /** What the MAC covers, part by part, in order. */
  readonly content: readonly ContentPart[];
  /** For requests whose body the content leaves out: the query parameter that holds the body's own hex SHA-256 (Twilio's JSON). */
  readonly bodyDigest?: {
    /** The parameter's name, such as `"bodySHA256"`. */
    readonly query: string;
  };
}

/** A signature by a private key that the receiver does not have. */
export interface Ed25519Scheme extends Omit<MacScheme, "kind" | "digest" | "secret" | "bodyDigest"> {
  readonly kind: "ed25519";
  /** How the public key is written: 32 bytes. `whpk` is base64 behind an optional `whpk_`. */
  readonly publicKey: "hex" | "base64" | "whpk";
}

/** A static credential: it proves that the caller knows it, and nothing about the body. */
export interface TokenScheme {
  readonly kind: "token";
  /** Lower case, such as `"authorization"`. */
  readonly header: string;
  /** What precedes the token: `"Bearer "`, `"Token token="`. An authentication word before a space matches in any case. */
  readonly prefix: string;
  /** For Basic authentication: the user name, to which the secret is the password. Absent for a credential as it is. */
  readonly username?: string;
}

/** The three kinds of proof: a keyed hash, a public-key signature, a static credential. */
export type Scheme = MacScheme | Ed25519Scheme | TokenScheme;

/**
 * A keyed hash over the request.
 *
 * @example
 * ```ts
 * import { body, createVerifier, defineProvider, hmac, timestamp } from "@countersign/core";
 *
 * const acme = defineProvider<{ order: string }>({
 *   name: "acme",
 *   docs: "https://example.com/docs/webhooks",
 *   scheme: hmac({
 *     digest: "sha256",
 *     encoding: "hex",
 *     signature: { header: "acme-signature", layout: "t={timestamp},v1={signature}" },
 *     timestamp: { unit: "s", tolerance: "5m" },
 *     content: [timestamp, ".", body],
 *   }),
 * });
 * createVerifier(acme, { secret: "a long random string" });
 * ```
 */
export function hmac(
  scheme: Omit<MacScheme, "kind" | "secret"> & {
    /** How the vendor shows the secret; default `"utf8"`: its text is the key. */
    readonly secret?: SecretFormat;
  },
): MacScheme {
  return Object.freeze({ kind: "hmac", ...scheme, secret: scheme.secret ?? "utf8" });
}

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
  const { header, prefix = "", username } = scheme;
  return Object.freeze({
    kind: "token",
    header: header.toLowerCase(),
    prefix,
    ...(username === undefined ? {} : { username }),
  });
}

/**
 * An Ed25519 signature: the receiver holds the public key only, and so cannot forge. `secret` is then the public key
 * when verifying and the private key when signing.
 *
 * @example
 * ```ts
 * import { body, defineProvider, ed25519, timestamp } from "@countersign/core";
 *
 * const bot = defineProvider({
 *   name: "bot",
 *   docs: "https://docs.discord.com/developers/interactions/overview",
 *   scheme: ed25519({
 *     encoding: "hex",
 *     publicKey: "hex",
 *     signature: { header: "x-signature-ed25519" },
 *     timestamp: { header: "x-signature-timestamp", unit: "s", tolerance: "5m" },
 *     content: [timestamp, body],
 *   }),
 * });
 * ```
 */
export function ed25519(scheme: Omit<Ed25519Scheme, "kind">): Ed25519Scheme {
  return Object.freeze({ kind: "ed25519", ...scheme });
}
