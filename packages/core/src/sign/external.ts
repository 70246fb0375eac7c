import type { Content } from "../crypto/shape.ts";
import { checkChoice, checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { encodeBytes, toBytes } from "../lib/bytes.ts";
import type { MaybePromise } from "../lib/promises.ts";
import { algorithmRow } from "../scheme/algorithms.ts";
import type { AsymmetricScheme, MacScheme } from "../scheme/scheme.ts";
import { signatureBytes } from "../scheme/signature.ts";
import type { ContentSigner } from "../secret/keys.ts";

/** Signs bytes where the key is: a KMS, an HSM, a service of your own. Answers the signature's bytes, in the form that the scheme asks for. */
export type SignBytes = (bytes: Uint8Array) => MaybePromise<Uint8Array>;

/** A key that never comes into this process. */
export interface ExternalSigner {
  /** Makes the signature; what it throws is thrown on, and a sender tries again later. */
  readonly sign: SignBytes;
  /**
   * What it is given: all that is signed, or its hash under the scheme's own algorithm, for a KMS that takes no more
   * than 4 KiB. Default `"content"`. HMAC and Ed25519 have no hash to give.
   */
  readonly takes?: "content" | "digest";
}

const HASHES = { sha256: "SHA-256", sha384: "SHA-384", sha512: "SHA-512" } as const;

/**
 * Signs content outside of this process.
 *
 * @throws ConfigurationError for what is no signer, or takes a digest that the scheme does not have
 */
export function externalSigner(
  scheme: MacScheme | AsymmetricScheme,
  given: SignBytes | ExternalSigner,
  option: string,
): ContentSigner {
  const { sign, takes = "content" } = typeof given === "function" ? { sign: given } : given;
  if (typeof given !== "function") checkOptions(given, { sign: "required", takes: "optional" }, option);
  if (typeof sign !== "function") {
    throw new ConfigurationError(option, `${option} must be a function that signs bytes, or { sign, takes }.`);
  }
  checkChoice(takes, `${option}.takes`, ["content", "digest"]);
  const hash = scheme.kind === "asymmetric" ? algorithmRow(scheme.algorithm).hash : undefined;
  if (takes === "digest" && hash === undefined) {
    throw new ConfigurationError(
      `${option}.takes`,
      `${option}.takes must be "content": ${scheme.kind === "hmac" ? "an HMAC" : "Ed25519"} is made of all the bytes, not of their hash.`,
    );
  }
  const [fewest, most] = signatureBytes(scheme);
  return async function signOutside(content) {
    const bytes = wholeOf(content);
    const hashed =
      takes === "content" || hash === undefined
        ? bytes
        : new Uint8Array(await globalThis.crypto.subtle.digest(HASHES[hash], bytes));
    const signature: unknown = await sign(hashed);
    if (signature instanceof Uint8Array && signature.length >= fewest && signature.length <= most)
      return encodeBytes(signature, scheme.encoding);
    throw new ConfigurationError(
      option,
      `${option} must give the signature as ${fewest === most ? fewest : `${fewest} to ${most}`} bytes${form(scheme)}.`,
    );
  };
}

function form(scheme: MacScheme | AsymmetricScheme): string {
  if (scheme.kind === "hmac" || !scheme.algorithm.startsWith("ecdsa")) return "";
  return scheme.form === "der" ? ", in DER" : ": r and s at their full length, not DER";
}

function wholeOf({ before, body, after }: Content): Uint8Array<ArrayBuffer> {
  const middle = toBytes(body);
  const bytes = new Uint8Array(before.length + middle.length + after.length);
  for (let i = 0; i < before.length; i++) bytes[i] = before.charCodeAt(i);
  bytes.set(middle, before.length);
  const end = before.length + middle.length;
  for (let i = 0; i < after.length; i++) bytes[end + i] = after.charCodeAt(i);
  return bytes;
}
