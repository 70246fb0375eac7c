import { ConfigurationError } from "../errors/errors.ts";
import { fromBase64, fromBase64Url, fromHex } from "../lib/bytes.ts";
import { ALGORITHM_NAMES, type AsymmetricAlgorithm, algorithmRow } from "../scheme/algorithms.ts";
import { allowsAlgorithm, looksLikeJwk, parseJwk, readPublicJwk } from "./jwk.ts";
import { readPublicDer, writeSpki } from "./key-der.ts";
import { KeyFault, PRIVATE_GIVEN } from "./key-fault.ts";
import { checkParts, KEY_NAMES, type PublicParts, pointParts } from "./key-parts.ts";
import { looksLikePem, readPem } from "./pem.ts";

/** Beyond it, a text is no key: an RSA key of 8192 bits in PEM has 1,400 characters, a certificate some thousands. */
const LONGEST = 32_768;

/**
 * A public key, however it is written, as the SPKI that both platforms take: PEM (SPKI, PKCS#1, or the key of a
 * certificate), a JWK as JSON text, base64 of such DER, or raw: an uncompressed point, or 32 bytes for Ed25519, as hex,
 * base64 or bytes, also behind `whpk_`.
 *
 * @throws ConfigurationError for one that is weak, private, of another algorithm, or cannot be read: which, it says
 */
export function readPublicKey(algorithm: AsymmetricAlgorithm, key: string | Uint8Array, option = "secret"): Uint8Array {
  return faultsAs(option, () => writeSpki(publicPartsFor(algorithm, key)));
}

/** The parts of a public key, checked, which serve an algorithm. @throws KeyFault */
function publicPartsFor(algorithm: AsymmetricAlgorithm, key: string | Uint8Array): PublicParts {
  const parts = publicParts(key);
  checkServes(parts, algorithm);
  if (allows(key, algorithm)) return parts;
  throw new KeyFault(`is a JWK whose "alg" is not ${algorithmRow(algorithm).jwa.join(" or ")}`);
}

/** Whether what a key says of itself lets it serve an algorithm. */
function allows(key: string | Uint8Array, algorithm: AsymmetricAlgorithm): boolean {
  return typeof key !== "string" || !looksLikeJwk(key) || allowsAlgorithm(parseJwk(key), algorithm);
}

/** The algorithms that a public key may serve, one at least. @throws KeyFault for one that is weak, private, or for none */
export function algorithmsOf(key: string): ReadonlySet<AsymmetricAlgorithm> {
  const parts = publicParts(key);
  const served = ALGORITHM_NAMES.filter((algorithm) => serves(parts, algorithm) && allows(key, algorithm));
  if (served.length === 0) throw new KeyFault('is a JWK whose "alg" is not known here, or not for such a key');
  return new Set(served);
}

function serves(parts: PublicParts, algorithm: AsymmetricAlgorithm): boolean {
  const { key } = algorithmRow(algorithm);
  return parts.type === key && (parts.type !== "rsa" || parts.only?.includes(algorithm) !== false);
}

/** @throws KeyFault for a key of another kind, or one that is kept to another algorithm */
function checkServes(parts: PublicParts, algorithm: AsymmetricAlgorithm): void {
  if (serves(parts, algorithm)) return;
  const { key } = algorithmRow(algorithm);
  const bound = parts.type === "rsa" && parts.type === key ? parts.only?.join(" and ") : undefined;
  throw new KeyFault(
    bound === undefined
      ? `is ${KEY_NAMES[parts.type]}, and ${algorithm} needs ${KEY_NAMES[key]}`
      : `is an RSA key that may serve ${bound} only`,
  );
}

/** The parts of a public key, checked, whatever it serves. @throws KeyFault */
export function publicParts(key: string | Uint8Array): PublicParts {
  return checkParts(typeof key === "string" ? partsOfText(key) : partsOfBytes(key));
}

function partsOfText(text: string): PublicParts {
  if (text.length > LONGEST) throw new KeyFault("is too long for a key");
  if (looksLikePem(text)) {
    const [block, ...more] = readPem(text);
    if (block === undefined || more.length > 0) {
      throw new KeyFault(`holds ${more.length + 1} blocks of PEM: give the one of the key, or a list of texts`);
    }
    return readPublicDer(block.der);
  }
  if (looksLikeJwk(text)) return readPublicJwk(parseJwk(text));
  if (text.startsWith("whsk_")) throw new KeyFault(PRIVATE_GIVEN);
  const bytes = bytesOfText(text.replace(/^whpk_/, ""));
  if (bytes === undefined) throw new KeyFault("is no public key: give PEM, a JWK, or its bytes as hex or base64");
  return partsOfBytes(bytes);
}

/**
 * The bytes of hex or base64 text. Only one of both can be meant: no key of a length that is known here is base64 whose
 * digits are all hexadecimal.
 */
export function bytesOfText(text: string): Uint8Array | undefined {
  return fromHex(text) ?? fromBase64(text) ?? fromBase64Url(text);
}

function partsOfBytes(bytes: Uint8Array): PublicParts {
  if (bytes.length === 32) return { type: "ed25519", point: bytes.slice() };
  if (bytes[0] === 0x30 && bytes.length > 33) return readPublicDer(bytes);
  if (bytes.length === 33 || bytes.length === 65 || bytes.length === 97) return pointParts(bytes.slice());
  throw new KeyFault(
    "is no public key: its bytes are neither the 32 of Ed25519, nor a point of P-256 (65) or P-384 (97), nor DER",
  );
}

/** Runs what reads a key; its fault becomes a sentence about the option. @throws ConfigurationError */
export function faultsAs<T>(option: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof KeyFault) throw new ConfigurationError(option, `${option} ${error.message}.`);
    throw error;
  }
}
