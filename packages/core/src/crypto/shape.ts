import type { Digest, Encoding } from "../scheme/encoding.ts";

/** What the bytes under a MAC are. The strings are one byte a character. */
export interface Content {
  /** Text in front of the body, such as a timestamp and a dot. */
  readonly before: string;
  /** Exactly the bytes that came; well-formed text stands for its UTF-8, where the platform reads text. */
  readonly body: Uint8Array | string;
  /** Text behind the body; empty for most schemes. */
  readonly after: string;
}

/** A MAC key, prepared once and used for every request. */
export interface MacKey {
  /** Signs content that is all there, and writes the result. */
  mac(content: Content, encoding: Encoding): string | Promise<string>;
  /** Feeds the MAC while the body arrives; absent where the platform hashes in one shot only. */
  stream?(before: string): MacStream;
}

/** An HMAC that is fed while the body arrives, so that nothing is hashed twice. */
export interface MacStream {
  /** Feeds the next bytes of the body, in order. */
  update(chunk: Uint8Array | string): void;
  /** Feeds what comes behind the body and ends it; call it once. */
  digest(after: string, encoding: Encoding): string;
}

/** A running plain hash, for the replay key of a body that is not kept together. */
export interface HashStream {
  /** Feeds the next bytes of the body, in order. */
  update(chunk: Uint8Array | string): void;
  /** Feeds what comes behind the body and answers SHA-256 in base64url; call it once. */
  digest(after: string): string;
}

/** One platform's cryptography. Both implementations give the same results; one test suite runs over both. */
export interface Platform {
  /** Whether it hashes this text as it is, so that nobody need make bytes of it: never one that is not well formed. */
  readsText(text: string): boolean;
  macKey(digest: Digest, secret: Uint8Array): MacKey;
  /** SHA-256 of the content, base64url. */
  contentDigest(content: Content): string | Promise<string>;
  /** SHA-256 of the content as it streams by, base64url; absent like `MacKey.stream`. */
  contentStream?(before: string): HashStream;
  /** SHA-256 of text as UTF-8, base64url: for tokens and keys. */
  textDigest(text: string): string | Promise<string>;
  /** A plain hash of a body; well-formed text stands for its UTF-8, where the platform reads text. */
  digest(digest: Digest, body: Uint8Array | string, encoding: Encoding): string | Promise<string>;
  /** Compares two strings of one-byte characters in time that depends on their lengths only. */
  equal(a: string, b: string): boolean;
  /** A random string, unique among all processes. */
  nonce(): string;
}
