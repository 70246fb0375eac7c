import { ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import { fromBase64, fromHex, utf8 } from "../lib/bytes.ts";
import type { Ed25519Scheme, SecretFormat } from "../scheme/scheme.ts";

/** One secret, as the provider shows it or as bytes. */
export type Secret = string | Uint8Array;

/** A secret, or several during a rotation: any may verify, the first signs. */
export type Secrets = Secret | readonly Secret[];

/**
 * Finds the secret of a request: a tenant's, or one that only the request's context holds (Workers' `env`). It sees
 * the head only, and nothing in it is proven yet.
 *
 * Return `null` when the request names nobody that you know: it is refused as 401. Throwing, or returning nothing
 * usable, is answered 503, so that the provider tries again.
 */
export type SecretLookup<Context = unknown> = (
  request: RequestHead,
  context: Context,
) => Secrets | null | undefined | Promise<Secrets | null | undefined>;

/** Rotation needs two or three; each one costs a MAC. */
const MAX_SECRETS = 16;

/** The list of secrets, each one checked to be there. */
export function secretList(secrets: Secrets | undefined | null): readonly Secret[] {
  const list = Array.isArray(secrets) ? (secrets as readonly Secret[]) : [secrets as Secret];
  if (list.length === 0) throw new ConfigurationError("secret", "secret is an empty list: give at least one secret.");
  if (list.length > MAX_SECRETS)
    throw new ConfigurationError("secret", `secret lists more than ${MAX_SECRETS} secrets.`);
  for (const secret of list) {
    const usable =
      typeof secret === "string" ? secret.trim() !== "" : secret instanceof Uint8Array && secret.length > 0;
    if (!usable) {
      throw new ConfigurationError(
        "secret",
        "secret is missing or empty. Is the environment variable set? An empty secret would let everybody sign.",
      );
    }
  }
  return list;
}

const WHSEC = /^whsec_/;

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

/** A static token as text: what can stand in a header. */
export function tokenSecret(secret: Secret): string {
  const text = typeof secret === "string" ? secret : new TextDecoder().decode(secret);
  if (!/^[\x21-\x7e]+(?: [\x21-\x7e]+)*$/.test(text)) {
    throw new ConfigurationError(
      "secret",
      "secret must be a token of visible ASCII characters, without blanks or line breaks around it: nothing else can stand in a header.",
    );
  }
  return text;
}

/** The 32 bytes of an Ed25519 public key. */
export function publicKey(secret: Secret, format: Ed25519Scheme["publicKey"]): Uint8Array {
  const bytes = keyBytes(secret, format, /^whpk_/);
  if (bytes?.length === 32) return bytes;
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

function keyBytes(secret: Secret, format: Ed25519Scheme["publicKey"], prefix: RegExp): Uint8Array | undefined {
  if (typeof secret !== "string") return secret;
  return format === "hex" ? fromHex(secret) : fromBase64(secret.replace(prefix, ""));
}

/** Keys made from looked-up secrets, so that a tenant's second request prepares nothing. Bounded: the oldest goes. */
export class KeyCache<Key> {
  private readonly keys = new Map<string, Key>();
  private readonly make: (secret: Secret) => Key;
  private readonly size: number;

  constructor(make: (secret: Secret) => Key, size = 1024) {
    this.make = make;
    this.size = size;
  }

  get(secret: Secret): Key {
    if (typeof secret !== "string") return this.make(secret);
    let key = this.keys.get(secret);
    if (key === undefined) {
      key = this.make(secret);
      if (this.keys.size >= this.size) this.keys.delete(this.keys.keys().next().value as string);
      this.keys.set(secret, key);
    }
    return key;
  }
}
