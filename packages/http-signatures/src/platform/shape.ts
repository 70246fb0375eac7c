import type { MaybePromise } from "@countersign/core/scheme";

/** What differs between Node and other platforms: hashes and keyed hashes. Keys with two halves are core's. */
export interface Platform {
  /** The digest of bytes. */
  hash(algorithm: "sha-256" | "sha-512", bytes: Uint8Array): MaybePromise<Uint8Array>;
  /** HMAC-SHA256 under a secret, prepared once. */
  hmac(secret: Uint8Array): HmacKey;
  /** The bytes of base64, of which it is known that it is. */
  fromBase64(text: string): Uint8Array;
  /** Text without a meaning that no other call has given. */
  nonce(): string;
}

/** A shared secret, ready for use. */
export interface HmacKey {
  sign(text: string): MaybePromise<Uint8Array>;
  /** Compares in time that tells nothing of where the two differ. */
  verify(text: string, signature: Uint8Array): MaybePromise<boolean>;
}
