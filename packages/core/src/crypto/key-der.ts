import { fromHex, toHex } from "../lib/bytes.ts";
import {
  BIT_STRING,
  type DerElement,
  INTEGER,
  OCTET_STRING,
  readDer,
  readOnly,
  readSequence,
  SEQUENCE,
  writeDer,
  writeUnsigned,
} from "../lib/der.ts";
import { table } from "../lib/table.ts";
import type { AsymmetricAlgorithm, KeyType } from "../scheme/algorithms.ts";
import { KeyFault, PRIVATE_GIVEN } from "./key-fault.ts";
import { type PublicParts, pointParts, readPkcs1, rsaParts } from "./key-parts.ts";

/** What an AlgorithmIdentifier in front of a key means. */
interface Identifier {
  readonly type: KeyType;
  readonly only?: readonly AsymmetricAlgorithm[];
}

/** AlgorithmIdentifiers as they are written in front of keys (RFC 3279, 4055, 5480, 8410), each byte for byte. */
const IDENTIFIERS: Readonly<Record<string, Identifier | undefined>> = table({
  "300d06092a864886f70d0101010500": { type: "rsa" },
  "301306072a8648ce3d020106082a8648ce3d030107": { type: "P-256" },
  "301006072a8648ce3d020106052b81040022": { type: "P-384" },
  "300506032b6570": { type: "ed25519" },
  // id-RSASSA-PSS: for any hash, or for the one of its parameters (MGF1 with the same hash, a salt as long as it).
  "300b06092a864886f70d01010a": { type: "rsa", only: ["rsa-pss-sha256", "rsa-pss-sha512"] },
  "304106092a864886f70d01010a3034a00f300d06096086480165030402010500a11c301a06092a864886f70d010108300d06096086480165030402010500a203020120":
    { type: "rsa", only: ["rsa-pss-sha256"] },
  "304106092a864886f70d01010a3034a00f300d06096086480165030402030500a11c301a06092a864886f70d010108300d06096086480165030402030500a203020140":
    { type: "rsa", only: ["rsa-pss-sha512"] },
});

/** The first of them for each type: what we write. */
const WRITTEN = new Map<KeyType, Uint8Array>();
for (const [hex, row] of Object.entries(IDENTIFIERS)) {
  if (row !== undefined && !WRITTEN.has(row.type)) WRITTEN.set(row.type, fromHex(hex) as Uint8Array);
}

/** What DER is, told by the tags of its outermost elements. */
export type DerKind = "spki" | "pkcs1" | "certificate" | "pkcs8" | "sec1" | "pkcs1 private" | "encrypted" | "unknown";

const KINDS: readonly (readonly [tags: RegExp, kind: DerKind])[] = [
  [/^30,3$/, "spki"],
  [/^2,2$/, "pkcs1"],
  [/^30,30,3$/, "certificate"],
  [/^2,30,4(,|$)/, "pkcs8"],
  [/^2,4(,|$)/, "sec1"],
  [/^(2,){8}2$/, "pkcs1 private"],
  [/^30,4$/, "encrypted"],
];

/** Tells DER of keys apart by its own grammar, whatever a label in front of it says. */
export function kindOfDer(der: Uint8Array): DerKind {
  const tags =
    readSequence(der)
      ?.map(({ tag }) => tag.toString(16))
      .join() ?? "";
  return KINDS.find(([pattern]) => pattern.test(tags))?.[1] ?? "unknown";
}

/** A public key out of SPKI, PKCS#1 or a certificate. @throws KeyFault */
export function readPublicDer(der: Uint8Array): PublicParts {
  const kind = kindOfDer(der);
  if (kind === "spki") return readSpki(der);
  if (kind === "pkcs1") return readPkcs1(der);
  if (kind === "certificate") return readSpki(spkiOfCertificate(der));
  if (kind === "unknown") throw new KeyFault("is DER of no public key that is known here: give SPKI, PKCS#1 or X.509");
  throw new KeyFault(PRIVATE_GIVEN);
}

function readSpki(der: Uint8Array): PublicParts {
  const [algorithm, key] = readSequence(der) as readonly [DerElement, DerElement];
  const row = identifierOf(algorithm);
  const bits = key.content.subarray(1);
  if (key.content[0] !== 0) throw new KeyFault("is no public key: its bits are no whole bytes");
  if (row.type === "rsa") {
    const parts = rsaParts(readSequence(bits));
    return row.only === undefined ? parts : ({ ...parts, only: row.only } as PublicParts);
  }
  if (row.type === "ed25519") {
    if (bits.length !== 32) throw new KeyFault("is no Ed25519 public key: it has not 32 bytes");
    return { type: "ed25519", point: bits };
  }
  const parts = pointParts(bits);
  if (parts.type !== row.type) throw new KeyFault(`is no public key: its point is not as long as one of ${row.type}`);
  return parts;
}

/** What an AlgorithmIdentifier means. @throws KeyFault for one that is not known */
export function identifierOf(algorithm: DerElement): Identifier {
  const row = IDENTIFIERS[toHex(algorithm.whole)];
  if (row === undefined) {
    throw new KeyFault("is a key of a kind or curve that is not known here: known are RSA, P-256, P-384 and Ed25519");
  }
  return row;
}

/**
 * The SubjectPublicKeyInfo of an X.509 certificate (RFC 5280, 4.1). Neither its time nor its issuer is looked at: the
 * certificate is only how its key is written.
 */
function spkiOfCertificate(der: Uint8Array): Uint8Array {
  const signed = readSequence(der)?.[0];
  const fields = signed === undefined ? undefined : readDer(signed.content);
  const skipped = fields?.[0]?.tag === 0xa0 ? 6 : 5; // A version in front, serial, algorithm, issuer, time, subject.
  const spki = fields?.[skipped];
  if (spki === undefined || kindOfDer(spki.whole) !== "spki") throw new KeyFault("is no X.509 certificate");
  return spki.whole;
}

/** The one way in which both platforms are given a public key. */
export function writeSpki(parts: PublicParts): Uint8Array {
  const bits =
    parts.type === "rsa"
      ? writeDer(SEQUENCE, writeUnsigned(parts.modulus), writeUnsigned(parts.exponent))
      : parts.point;
  return writeDer(SEQUENCE, written(parts.type), writeDer(BIT_STRING, new Uint8Array(1), bits));
}

/** The one way in which both platforms are given a private key: PKCS#8 (RFC 5208), without attributes. */
export function writePkcs8(type: KeyType, key: Uint8Array): Uint8Array {
  return writeDer(SEQUENCE, writeDer(INTEGER, new Uint8Array(1)), written(type), writeDer(OCTET_STRING, key));
}

function written(type: KeyType): Uint8Array {
  return WRITTEN.get(type) as Uint8Array;
}

/** What PKCS#8 holds: the type of the key, and the key in that type's own form. @throws KeyFault */
export function readPkcs8(der: Uint8Array): { readonly type: KeyType; readonly key: Uint8Array } {
  const elements = readSequence(der);
  const [, algorithm, key] = elements as readonly DerElement[];
  if (algorithm === undefined || key?.tag !== OCTET_STRING) throw new KeyFault("is no PKCS#8 private key");
  return { type: identifierOf(algorithm).type, key: key.content };
}

/** The 32 bytes in an Ed25519 private key of PKCS#8 (RFC 8410, 7). @throws KeyFault */
export function readSeed(key: Uint8Array): Uint8Array {
  const seed = readOnly(key, OCTET_STRING);
  if (seed?.length !== 32) throw new KeyFault("is no Ed25519 private key: it has not 32 bytes");
  return seed;
}
