import {
  INTEGER,
  OCTET_STRING,
  readSequence,
  readUnsigned,
  SEQUENCE,
  withoutZeros,
  writeDer,
  writeUnsigned,
} from "../lib/der.ts";
import { type AsymmetricAlgorithm, algorithmRow, type KeyType } from "../scheme/algorithms.ts";
import { allowsAlgorithm, type Jwk, jwkParts, looksLikeJwk, member, parseJwk } from "./jwk.ts";
import { kindOfDer, readPkcs8, readSeed, writePkcs8 } from "./key-der.ts";
import { KeyFault } from "./key-fault.ts";
import { checkParts, KEY_NAMES } from "./key-parts.ts";
import { bytesOfText, faultsAs } from "./key-text.ts";
import { looksLikePem, readPem } from "./pem.ts";

/** A private key in its type's own form: PKCS#1, SEC 1, or the 32 bytes of Ed25519. */
interface PrivateParts {
  readonly type: KeyType | "ec";
  readonly key: Uint8Array;
}

/**
 * A private key, however it is written, as the PKCS#8 that both platforms take: PEM (PKCS#8, PKCS#1, SEC 1), a JWK as
 * JSON text, base64 of PKCS#8, or the 32 or 64 bytes of Ed25519 as hex, base64 or bytes, also behind `whsk_`.
 *
 * @throws ConfigurationError for one that is weak, public, encrypted, of another algorithm, or cannot be read
 */
export function readPrivateKey(
  algorithm: AsymmetricAlgorithm,
  key: string | Uint8Array,
  option = "secret",
): Uint8Array {
  return faultsAs(option, () => {
    const parts = typeof key === "string" ? partsOfText(algorithm, key) : partsOfBytes(key);
    const { key: wanted } = algorithmRow(algorithm);
    // SEC 1 alone need not say its curve, but its length does.
    const type = parts.type === "ec" ? curveOf(parts.key) : parts.type;
    if (type !== wanted) throw new KeyFault(`is ${KEY_NAMES[type]}, and ${algorithm} needs ${KEY_NAMES[wanted]}`);
    if (type === "rsa") checkRsaPrivate(parts.key);
    else if (type !== "ed25519" && curveOf(parts.key) !== type) throw new KeyFault(`is no private key on ${type}`);
    return writePkcs8(type, type === "ed25519" ? writeDer(OCTET_STRING, parts.key) : parts.key);
  });
}

function partsOfText(algorithm: AsymmetricAlgorithm, text: string): PrivateParts {
  if (looksLikePem(text)) {
    // `openssl ecparam -genkey` writes the curve in a block of its own.
    const [block, ...more] = readPem(text).filter(({ label }) => label !== "EC PARAMETERS");
    if (block === undefined || more.length > 0) throw new KeyFault("must be one block of PEM, a private key");
    return partsOfDer(block.der);
  }
  if (looksLikeJwk(text)) {
    const jwk = parseJwk(text);
    if (!allowsAlgorithm(jwk, algorithm)) throw new KeyFault(`is a JWK whose "alg" is not for ${algorithm}`);
    return partsOfJwk(jwk);
  }
  if (text.startsWith("whpk_")) throw new KeyFault(PUBLIC_GIVEN);
  const bytes = bytesOfText(text.replace(/^whsk_/, ""));
  if (bytes === undefined) throw new KeyFault("is no private key: give PEM, a JWK, or its bytes as hex or base64");
  return partsOfBytes(bytes);
}

const PUBLIC_GIVEN = "is a public key, and to sign needs the private one";

function partsOfBytes(bytes: Uint8Array): PrivateParts {
  // 64 bytes are the seed and then the public key.
  if (bytes.length === 32 || bytes.length === 64) return { type: "ed25519", key: bytes.slice(0, 32) };
  return partsOfDer(bytes);
}

function partsOfDer(der: Uint8Array): PrivateParts {
  const kind = kindOfDer(der);
  if (kind === "pkcs8") {
    const { type, key } = readPkcs8(der);
    return { type, key: type === "ed25519" ? readSeed(key) : key };
  }
  if (kind === "pkcs1 private") return { type: "rsa", key: der };
  if (kind === "sec1") return { type: "ec", key: der };
  if (kind === "encrypted") throw new KeyFault("is an encrypted private key: give it without a password");
  if (kind === "unknown") throw new KeyFault("is DER of no private key that is known here: give PKCS#8");
  throw new KeyFault(PUBLIC_GIVEN);
}

const RSA_MEMBERS = ["n", "e", "d", "p", "q", "dp", "dq", "qi"];

function partsOfJwk(jwk: Jwk): PrivateParts {
  if (jwk.kty === "oct") throw new KeyFault('is a shared secret ("kty": "oct") and no private key');
  if (jwk.d === undefined) throw new KeyFault(PUBLIC_GIVEN);
  const parts = checkParts(jwkParts(jwk));
  if (parts.type === "ed25519") return { type: "ed25519", key: member(jwk, "d", 32) };
  if (parts.type === "rsa") {
    const numbers = RSA_MEMBERS.map((name) => writeUnsigned(withoutZeros(member(jwk, name))));
    return { type: "rsa", key: writeDer(SEQUENCE, writeUnsigned(new Uint8Array()), ...numbers) };
  }
  const { point } = parts;
  const d = member(jwk, "d", (point.length - 1) / 2);
  const publicKey = writeDer(0xa1, writeDer(0x03, new Uint8Array(1), point));
  return { type: parts.type, key: writeDer(SEQUENCE, ONE, writeDer(OCTET_STRING, d), publicKey) };
}

const ONE = writeDer(INTEGER, new Uint8Array([1]));

/** The curve of a SEC 1 private key (RFC 5915), by its length. */
function curveOf(sec1: Uint8Array): "P-256" | "P-384" {
  const size = readSequence(sec1)?.[1]?.content.length;
  if (size === 32 || size === 48) return size === 32 ? "P-256" : "P-384";
  throw new KeyFault("is no EC private key on P-256 or P-384");
}

/** The same bounds as for the public half. */
function checkRsaPrivate(pkcs1: Uint8Array): void {
  const [, n, e] = readSequence(pkcs1) ?? [];
  const modulus = readUnsigned(n);
  const exponent = readUnsigned(e);
  if (modulus === undefined || exponent === undefined) throw new KeyFault("is no RSA private key");
  checkParts({ type: "rsa", modulus, exponent });
}
