import { ConfigurationError } from "@countersign/core";
import type { Secret } from "@countersign/core/scheme";
import { platform } from "#platform";
import type { HmacKey } from "../platform/shape.ts";

/** How the text of a shared secret is read: its UTF-8 is the key, or the bytes that it is base64 of. */
export type SharedSecretFormat = "utf8" | "base64";

/** A key with two halves in place of a shared secret: whoever knows the public one could sign. */
const KEY_OF_TWO_HALVES = /^\s*(?:-----BEGIN |\{\s*")/;

/** Prepares a shared secret. @throws ConfigurationError for one that cannot be right */
export function sharedSecret(secret: Secret, format: SharedSecretFormat): HmacKey {
  if (typeof secret !== "string") return platform.hmac(secret);
  if (KEY_OF_TWO_HALVES.test(secret)) {
    throw new ConfigurationError(
      "secret",
      "secret is a PEM or JWK key, and hmac-sha256 needs a shared secret: with a public key as the secret everybody could sign. Name the algorithm of the key in algorithms.",
    );
  }
  if (format === "utf8") return platform.hmac(new TextEncoder().encode(secret));
  const bytes = /^[A-Za-z0-9+/]+={0,2}$/.test(secret) && secret.length % 4 === 0 ? atob(secret) : "";
  if (bytes === "") throw new ConfigurationError("secret", "secret is not base64.");
  return platform.hmac(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));
}
