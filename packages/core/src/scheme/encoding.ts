/** How the bytes of a secret are written down. `whsec` is base64 behind an optional `whsec_`. */
export type SecretFormat = "utf8" | "base64" | "hex" | "whsec";
/** The hash function under the HMAC. SHA-1 is there for vendors that still use it. */
export type Digest = "sha1" | "sha256" | "sha384" | "sha512";
/** How a signature is written down: hexadecimal in either case, base64 with its padding, or base64url without. */
export type Encoding = "hex" | "base64" | "base64url";
