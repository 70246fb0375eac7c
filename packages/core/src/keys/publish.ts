import { platform } from "#crypto";
import { faultsAs, publicParts, readPublicKey } from "../crypto/key-text.ts";
import { checkChoice, checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { toBase64Url } from "../lib/bytes.ts";
import { ALGORITHM_NAMES, type AsymmetricAlgorithm, algorithmRow } from "../scheme/algorithms.ts";

/** One public key as you keep it, with the algorithm and the name under which receivers are to find it. */
export interface PublishedKey {
  /** As text or bytes, in any form that a verifier takes. A private key is refused. */
  readonly publicKey: string | Uint8Array;
  /** The one algorithm that it signs by; published as the `alg` of its JWK, so that receivers use it for no other. */
  readonly algorithm: AsymmetricAlgorithm;
  /** Its name, the `kid`. Default: its thumbprint (RFC 7638), which changes with the key and with nothing else. */
  readonly keyId?: string;
}

/** One key of a published set (RFC 7517), with its name (`kid`), algorithm and use. */
export type PublishedJwk = Readonly<Record<"kty" | "kid" | "alg" | "use", string>> & Readonly<Record<string, string>>;

/**
 * The set of keys (RFC 7517) to publish, for receivers that fetch it with `jwks(url)`. In a rotation list the new key a
 * day before anything is signed with it, and the old one until no receiver can still hold a request of its time.
 *
 * @throws ConfigurationError for a private, weak or doubled key, or one of another algorithm
 * @example
 * ```ts
 * import { jwksOf } from "@countersign/core/keys";
 *
 * const set = await jwksOf([
 *   { algorithm: "ed25519", publicKey: "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a" },
 * ]);
 * console.log(set.keys[0]?.kid); // kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k
 * ```
 */
export async function jwksOf(keys: readonly PublishedKey[]): Promise<{
  /** A JWK for each, in the order in which they were given; none holds a private part. */
  readonly keys: readonly PublishedJwk[];
}> {
  if (!Array.isArray(keys) || keys.length === 0)
    throw new ConfigurationError("keys", "keys must list at least one key.");
  const set = await Promise.all(keys.map((key, index) => jwkOf(key, `keys[${index}]`)));
  const names = set.map(({ kid }) => kid);
  const doubled = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (doubled < 0) return { keys: set };
  throw new ConfigurationError(
    `keys[${doubled}].keyId`,
    `keys[${doubled}].keyId is another key's name too: receivers could not tell the two apart.`,
  );
}

async function jwkOf(key: PublishedKey, at: string): Promise<PublishedJwk> {
  checkOptions(key, { publicKey: "required", algorithm: "required", keyId: "optional" }, at);
  const { publicKey, algorithm, keyId } = key;
  checkChoice(algorithm, `${at}.algorithm`, ALGORITHM_NAMES);
  readPublicKey(algorithm, publicKey, `${at}.publicKey`);
  if (keyId !== undefined && !/^[\x21-\x7e]{1,256}$/.test(keyId))
    throw new ConfigurationError(`${at}.keyId`, `${at}.keyId must be 1 to 256 visible ASCII characters.`);
  const members = membersOf(publicKey, at);
  // RFC 7638: the required members only, in the order of their names, without blanks.
  const thumbprint = async () => platform.textDigest(JSON.stringify(members, Object.keys(members).sort()));
  const alg = algorithmRow(algorithm).jwa[0] as string;
  return { ...members, kid: keyId ?? (await thumbprint()), alg, use: "sig" } as PublishedJwk;
}

function membersOf(publicKey: string | Uint8Array, at: string): Readonly<Record<string, string>> {
  const parts = faultsAs(`${at}.publicKey`, () => publicParts(publicKey));
  switch (parts.type) {
    case "rsa":
      return { kty: "RSA", n: toBase64Url(parts.modulus), e: toBase64Url(parts.exponent) };
    case "ed25519":
      return { kty: "OKP", crv: "Ed25519", x: toBase64Url(parts.point) };
    default: {
      const half = (parts.point.length - 1) / 2;
      const [x, y] = [parts.point.subarray(1, 1 + half), parts.point.subarray(1 + half)];
      return { kty: "EC", crv: parts.type, x: toBase64Url(x), y: toBase64Url(y) };
    }
  }
}
