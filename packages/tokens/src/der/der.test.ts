import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { readCertificate } from "./certificate.ts";
import { oidOf, sequenceOf, valuesOf } from "./der.ts";
import { readPublicKey } from "./public-key.ts";

const bytes = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"));

describe("DER", () => {
  test("is read to the last byte", () => {
    expect(valuesOf(bytes("0201 05 0400"))?.map(({ tag }) => tag)).toEqual([2, 4]);
    expect(sequenceOf(bytes("3003 020105"))).toHaveLength(1);
    expect(valuesOf(new Uint8Array())).toEqual([]);
  });

  test.each<[string, string]>([
    ["a length beyond the end", "0205 01"],
    ["no length", "02"],
    ["an indefinite length", "3080 0000"],
    ["a length of one byte too many", "0281 05 0102030405"],
    ["a length with a zero in front", `0282 0080 ${"00".repeat(128)}`],
    ["a length of four bytes", "0284 00000001 00"],
    ["a long tag", "1f8101 00"],
    ["too many values", "0500".repeat(65)],
  ])("%s is none", (_, hex) => {
    expect(valuesOf(bytes(hex))).toBeUndefined();
  });

  test("something behind a sequence is none", () => {
    expect(sequenceOf(bytes("3000 0500"))).toBeUndefined();
    expect(sequenceOf(bytes("0500"))).toBeUndefined();
  });

  test.each([
    ["06092a864886f70d010101", "1.2.840.113549.1.1.1"],
    ["060a2a864886f76364060b01", "1.2.840.113635.100.6.11.1"],
    ["06032b6570", "1.3.101.112"],
    ["0603551d13", "2.5.29.19"],
    ["060388370 1".replace(" ", ""), "2.999.1"],
    ["0600", ""],
    ["0500", ""],
  ])("an object identifier: %s", (hex, text) => {
    expect(oidOf((valuesOf(bytes(hex)) as [never])[0])).toBe(text);
  });
});

describe("a public key", () => {
  test.each([
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }), 2048],
    ["P-256", generateKeyPairSync("ec", { namedCurve: "P-256" }), 0],
    ["P-384", generateKeyPairSync("ec", { namedCurve: "P-384" }), 0],
    ["P-521", generateKeyPairSync("ec", { namedCurve: "P-521" }), 0],
    ["Ed25519", generateKeyPairSync("ed25519"), 0],
  ] as const)("of type %s is known by its identifiers", (type, { publicKey }, bits) => {
    const spki = Uint8Array.from(publicKey.export({ type: "spki", format: "der" }));
    expect(readPublicKey(spki)).toEqual({ type, bits });
  });

  test.each([
    ["secp256k1", generateKeyPairSync("ec", { namedCurve: "secp256k1" })],
    ["X25519", generateKeyPairSync("x25519")],
  ] as const)("of another kind is not: %s", (_, { publicKey }) => {
    expect(readPublicKey(Uint8Array.from(publicKey.export({ type: "spki", format: "der" })))).toBeUndefined();
  });
});

test("what is no certificate is not read as one, wherever it was cut", () => {
  const { publicKey } = generateKeyPairSync("ed25519");
  const spki = Uint8Array.from(publicKey.export({ type: "spki", format: "der" }));
  for (let end = 0; end <= spki.length; end++) expect(readCertificate(spki.subarray(0, end))).toBeUndefined();
});
