import { ConfigurationError } from "../errors/errors.ts";
import { fromBase64, fromHex, toBase64, utf8 } from "../lib/bytes.ts";
import type { SecretFormat } from "../scheme/encoding.ts";
import type { TokenScheme } from "../scheme/scheme.ts";
import type { Secret } from "../scheme/secret.ts";

/** Supabase writes `v1,` before it. */
const WHSEC = /^(?:v1,)?whsec_/;

/**
 * The bytes of a MAC secret, decoded as the provider writes it.
 *
 * @throws ConfigurationError when it is not what the format asks for
 */
export function macSecret(secret: Secret, format: SecretFormat): Uint8Array {
  if (typeof secret !== "string") return new Uint8Array(secret); // The caller may clear its own copy.
  if (format === "utf8") return utf8(secret);
  const bytes =
    format === "hex" ? fromHex(secret) : fromBase64(format === "whsec" ? secret.replace(WHSEC, "") : secret);
  if (bytes === undefined || bytes.length === 0) {
    const form = format === "hex" ? "hex" : format === "whsec" ? 'base64 behind an optional "whsec_"' : "base64";
    throw new ConfigurationError(
      "secret",
      `secret must be ${form}. Copy it whole from the provider's page, without quotes or line breaks.`,
    );
  }
  return bytes;
}

/** A static token as text: what a header can hold. */
export function tokenSecret(secret: Secret): string {
  const text = typeof secret === "string" ? secret : new TextDecoder().decode(secret);
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text)) {
    throw new ConfigurationError(
      "secret",
      "secret must be a token of visible ASCII characters, without spaces or line breaks around it: a header can hold nothing else.",
    );
  }
  return text;
}

/** What stands behind the prefix: the token itself, or Basic's base64 of user name and password. */
export function credentialOf({ username }: { readonly username?: TokenScheme["username"] }, secret: Secret): string {
  if (username === undefined) return tokenSecret(secret);
  const password = typeof secret === "string" ? secret : new TextDecoder().decode(secret);
  return toBase64(utf8(`${username}:${password}`));
}
