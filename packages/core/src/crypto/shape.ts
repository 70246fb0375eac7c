import type { Digest, Encoding } from "../scheme/scheme.ts";

/** What the bytes under a MAC are. The strings are one byte a character. */
export interface Content {
  readonly before: string;
  readonly body: Uint8Array;
  readonly after: string;
}

/** A MAC key, prepared once and used for every request. */
export interface MacKey {
  /** The MAC over content that is all there. */
  mac(content: Content, encoding: Encoding): string | Promise<string>;
  /** Feeds the MAC while the body arrives; absent where the platform hashes in one shot only. */
  stream?(before: string): MacStream;
}

export interface MacStream {
  update(chunk: Uint8Array): void;
  digest(after: string, encoding: Encoding): string;
}

/** A running plain hash, for the replay key of a body that is not kept together. */
export interface HashStream {
  update(chunk: Uint8Array): void;
  digest(after: string): string;
}

/** One platform's cryptography. Both implementations give the same results; one test suite runs over both. */
export interface Platform {
  macKey(digest: Digest, secret: Uint8Array): MacKey;
  /** SHA-256 of the content, base64url. */
  contentDigest(content: Content): string | Promise<string>;
  /** SHA-256 of the content as it streams by, base64url; absent like `MacKey.stream`. */
  contentStream?(before: string): HashStream;
  /** SHA-256 of text as UTF-8, base64url: for tokens and keys. */
  textDigest(text: string): string | Promise<string>;
  /** SHA-256 of bytes, hex. */
  bytesDigest(bytes: Uint8Array): string | Promise<string>;
  /** Compares two strings of one-byte characters in time that depends on their lengths only. */
  equal(a: string, b: string): boolean;
  /** An Ed25519 public key from its 32 bytes. */
  verifyKey(publicKey: Uint8Array): (content: Content, signature: Uint8Array) => boolean | Promise<boolean>;
  /** An Ed25519 private key from its 32-byte seed. */
  signKey(seed: Uint8Array): (content: Content) => Uint8Array | Promise<Uint8Array>;
  /** A random string, unique among all processes. */
  nonce(): string;
}
