import { type DerElement, readSequence, readUnsigned } from "../lib/der.ts";
import type { AsymmetricAlgorithm, KeyType } from "../scheme/algorithms.ts";
import { curveOfPoint, ed25519Fault, isOnCurve, toBigInt } from "./curves.ts";
import { KeyFault } from "./key-fault.ts";

/** A public key taken apart: the one form that all ways of writing it lead to. */
export type PublicParts =
  | {
      readonly type: "rsa";
      readonly modulus: Uint8Array;
      readonly exponent: Uint8Array;
      /** The algorithms that the key itself is kept to; absent where it says nothing. */
      readonly only?: readonly AsymmetricAlgorithm[];
    }
  | { readonly type: "P-256" | "P-384" | "ed25519"; readonly point: Uint8Array };

/** What a person calls such a key. */
export const KEY_NAMES: Readonly<Record<KeyType, string>> = {
  rsa: "an RSA key",
  "P-256": "an EC key on P-256",
  "P-384": "an EC key on P-384",
  ed25519: "an Ed25519 key",
};

const MIN_MODULUS = 2048;
/** A verification beyond it takes milliseconds: more than a stranger's request may cost. */
const MAX_MODULUS = 8192;

/**
 * Refuses keys that prove nothing: RSA below 2048 bits (NIST SP 800-131A) or with an exponent that is even or below
 * 65537 (FIPS 186-5, 5.4), points that lie on no curve, or on a small subgroup of it.
 *
 * @throws KeyFault
 */
export function checkParts(parts: PublicParts): PublicParts {
  if (parts.type === "rsa") checkRsa(parts.modulus, parts.exponent);
  else if (parts.type === "ed25519") {
    const fault = ed25519Fault(parts.point);
    if (fault === "no point") throw new KeyFault("is no Ed25519 public key: its 32 bytes are no point of the curve");
    if (fault === "small order") {
      throw new KeyFault("is an Ed25519 public key of small order, to which anybody can forge signatures");
    }
  } else if (!isOnCurve(parts.point, parts.type)) {
    throw new KeyFault(`is no public key: its point does not lie on ${parts.type}`);
  }
  return parts;
}

function checkRsa(modulus: Uint8Array, exponent: Uint8Array): void {
  const bits = bitLength(modulus);
  if (bits < MIN_MODULUS) throw new KeyFault(`is an RSA key of ${bits} bits: below ${MIN_MODULUS} it can be broken`);
  if (bits > MAX_MODULUS) throw new KeyFault(`is an RSA key of ${bits} bits: more than ${MAX_MODULUS} are not taken`);
  if (((modulus.at(-1) as number) & 1) === 0) throw new KeyFault("is no RSA key: its modulus is even");
  const e = exponent.length > 4 ? 0n : toBigInt(exponent);
  if (e < 65_537n || (e & 1n) === 0n) {
    throw new KeyFault("is an RSA key whose public exponent is not an odd number from 65537 to 4294967295");
  }
}

/** How many bits a number has that has no zeros in front. */
export function bitLength(magnitude: Uint8Array): number {
  return magnitude.length === 0 ? 0 : magnitude.length * 8 + 24 - Math.clz32(magnitude[0] as number);
}

/** Parts of an uncompressed point, by its length. @throws KeyFault */
export function pointParts(point: Uint8Array): PublicParts {
  const type = curveOfPoint(point);
  if (type !== undefined) return { type, point };
  const compressed = point[0] === 2 || point[0] === 3;
  throw new KeyFault(
    compressed ? "is a compressed point: give it uncompressed" : "is no uncompressed point of P-256 or P-384",
  );
}

/** Parts of PKCS#1's RSAPublicKey (RFC 8017, A.1.1), of its elements. @throws KeyFault */
export function rsaParts(elements: readonly DerElement[] | undefined): PublicParts {
  const modulus = readUnsigned(elements?.[0]);
  const exponent = readUnsigned(elements?.[1]);
  if (elements?.length === 2 && modulus !== undefined && exponent !== undefined)
    return { type: "rsa", modulus, exponent };
  throw new KeyFault("is no RSA public key: its DER is not a modulus and an exponent");
}

/** Parts of a PKCS#1 RSAPublicKey. @throws KeyFault */
export function readPkcs1(der: Uint8Array): PublicParts {
  return rsaParts(readSequence(der));
}
