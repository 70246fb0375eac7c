import { oidOf, sequenceOf, TAG, valuesOf } from "./der.ts";

/** What kind of key it is: what decides which algorithms it can be used with. */
export type KeyType = "RSA" | "P-256" | "P-384" | "P-521" | "Ed25519";

const RSA = "1.2.840.113549.1.1.1";
const EC = "1.2.840.10045.2.1";
const ED25519 = "1.3.101.112";
const CURVES = new Map<string, KeyType>([
  ["1.2.840.10045.3.1.7", "P-256"],
  ["1.3.132.0.34", "P-384"],
  ["1.3.132.0.35", "P-521"],
]);

/** Which kind of key a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) is, and how many bits an RSA modulus has. */
export function readPublicKey(spki: Uint8Array): { readonly type: KeyType; readonly bits: number } | undefined {
  const [algorithm, key] = sequenceOf(spki) ?? [];
  if (algorithm?.tag !== TAG.sequence || key?.tag !== TAG.bits) return undefined;
  const [name, parameter] = valuesOf(algorithm.content) ?? [];
  if (name === undefined) return undefined;
  switch (oidOf(name)) {
    case RSA: {
      const [modulus] = sequenceOf(key.content.subarray(1)) ?? []; // The first byte counts unused bits.
      return modulus?.tag === TAG.integer ? { type: "RSA", bits: bitsOf(modulus.content) } : undefined;
    }
    case EC: {
      const type = parameter === undefined ? undefined : CURVES.get(oidOf(parameter));
      return type === undefined ? undefined : { type, bits: 0 };
    }
    case ED25519:
      return { type: "Ed25519", bits: 0 };
    default:
      return undefined;
  }
}

/** How many bits a number has that is written as bytes, the most significant first. */
export function bitsOf(number: Uint8Array): number {
  const at = number.findIndex((byte) => byte !== 0);
  return at === -1 ? 0 : (number.length - at) * 8 - Math.clz32(number[at] as number) + 24;
}
