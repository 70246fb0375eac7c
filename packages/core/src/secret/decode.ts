import { ConfigurationError } from "../errors/errors.ts";
import { fromBase64, fromHex, toBase64, toHex, utf8 } from "../lib/bytes.ts";
import type { Ed25519Scheme, SecretFormat, TokenScheme } from "../scheme/scheme.ts";
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

/** The 32 bytes of an Ed25519 public key. */
export function publicKey(secret: Secret, format: Ed25519Scheme["publicKey"]): Uint8Array {
  const bytes = keyBytes(secret, format, /^whpk_/);
  if (bytes?.length === 32) {
    if (!isSmallOrder(bytes)) return bytes;
    throw new ConfigurationError(
      "secret",
      "secret is an Ed25519 public key of small order, to which anybody can forge signatures: copy the key from the provider's page again.",
    );
  }
  throw new ConfigurationError(
    "secret",
    `secret must be the Ed25519 public key: 32 bytes as ${format === "whpk" ? 'base64 behind an optional "whpk_"' : format}.`,
  );
}

/** The 32-byte seed of an Ed25519 private key; 64 bytes hold the seed and then the public key. */
export function privateSeed(secret: Secret, format: Ed25519Scheme["publicKey"]): Uint8Array {
  const bytes = keyBytes(secret, format, /^whsk_/);
  if (bytes?.length === 32 || bytes?.length === 64) return bytes.subarray(0, 32);
  throw new ConfigurationError(
    "secret",
    `secret must be the Ed25519 private key: 32 or 64 bytes as ${format === "whpk" ? 'base64 behind an optional "whsk_"' : format}.`,
  );
}

/** y coordinates of the points of order 1, 2, 4 and 8, with those that are not reduced; their sign is the last bit. */
const SMALL_ORDER =
  /^(?:0[01](?:00){31}|e[cde](?:ff){30}7f|26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05|c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a)$/;

/** One fixed signature proves every message, or a small share of all messages, to such a key. */
function isSmallOrder(key: Uint8Array): boolean {
  const y = key.slice();
  y[31] = (y[31] as number) & 0x7f;
  return SMALL_ORDER.test(toHex(y));
}

function keyBytes(secret: Secret, format: Ed25519Scheme["publicKey"], prefix: RegExp): Uint8Array | undefined {
  if (typeof secret !== "string") return secret;
  return format === "hex" ? fromHex(secret) : fromBase64(secret.replace(prefix, ""));
}
