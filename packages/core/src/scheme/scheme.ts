import type { Duration } from "../time/duration.ts";
import type { AsymmetricAlgorithm, SignatureForm } from "./algorithms.ts";
import type { ContentPart } from "./content.ts";
import type { Digest, Encoding, SecretFormat } from "./encoding.ts";
import type { ProofScheme } from "./proof-scheme.ts";

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

/** How a scheme's secrets become keys: what `hmac()` and its neighbours give their scheme, so that a program holds only the kinds that its rows use. */
export const KIND: unique symbol = Symbol.for("countersign.scheme.kind") as never;

/** Where the signature stands, how it is written, and over which parts of the request, in which order: common to HMAC and to signatures by a private key. */
export interface SigningScheme {
  /** Made by `hmac()` or `asymmetric()`. */
  readonly [KIND]: object;
  /** How the signature is written in its header. */
  readonly encoding: Encoding;
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
  /** The header that names the key which signed; handed to a secret lookup, and believed by nobody. */
  readonly keyId?: {
    /** Lower case, such as `"github-public-key-identifier"`. */
    readonly header: string;
  };
}

/** An HMAC over parts of the request: both sides hold the same secret. */
export interface MacScheme extends SigningScheme {
  readonly kind: "hmac";
  /** The hash function under the HMAC; its length is the exact length of a signature. */
  readonly digest: Digest;
  /** How the vendor shows the secret; the bytes under it are the key. */
  readonly secret: SecretFormat;
  /** For requests whose body the content leaves out: the query parameter that holds the body's own hex SHA-256 (Twilio's JSON). */
  readonly bodyDigest?: {
    /** The parameter's name, such as `"bodySHA256"`. */
    readonly query: string;
  };
}

/** A signature by a private key that the receiver does not have, and so cannot forge. */
export interface AsymmetricScheme extends SigningScheme {
  readonly kind: "asymmetric";
  /** Fixed by the row: nothing in a request can choose another. */
  readonly algorithm: AsymmetricAlgorithm;
  /** For ECDSA, how the vendor writes a signature: DER, or r and s at their full length. All others are `"raw"`. */
  readonly form: SignatureForm;
  /** How the vendor shows the public key: what `secret` is for people. All forms are taken. */
  readonly publicKey: PublicKeyFormat;
}

/** How a public key is written: PEM, a JWK, a set of them under a URL, base64 of DER or of 32 bytes, hex; `whpk` is base64 behind `whpk_`. */
export type PublicKeyFormat = "pem" | "jwk" | "jwks" | "list" | "der" | "hex" | "base64" | "whpk";

/** A static credential: it proves that the caller knows it, and nothing about the body. */
export interface TokenScheme extends Omit<ProofScheme, "kind"> {
  readonly kind: "token";
  /** Lower case, such as `"authorization"`. */
  readonly header: string;
  /** What precedes the token: `"Bearer "`, `"Token token="`. An authentication word before a space matches in any case. */
  readonly prefix: string;
  /** For Basic authentication: the user name, to which the secret is the password. Absent for a credential as it is. */
  readonly username?: string;
}

/** The kinds of proof: a keyed hash, a public-key signature, a static credential, or one that brings its own judgement. */
export type Scheme = MacScheme | AsymmetricScheme | TokenScheme | ProofScheme;

/** Whether a signature covers the body: a digest of what is signed then tells a repetition. */
export function coversBody(scheme: Scheme): boolean {
  return !isProof(scheme) || scheme.covers === "body";
}

/** Whether the scheme judges by itself, instead of signing parts of the request. */
export function isProof(scheme: Scheme): scheme is TokenScheme | ProofScheme {
  return scheme.kind === "proof" || scheme.kind === "token";
}
