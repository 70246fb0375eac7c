import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { fromBase64, fromHex, toBase64, toBase64Url, toHex } from "./bytes.ts";

const samples = Array.from({ length: 70 }, (_, length) =>
  Uint8Array.from({ length }, (_, i) => (i * 37 + length) & 255),
);

describe("bytes as text", () => {
  test("are written as the platform's own encoder writes them, and read back", () => {
    for (const bytes of samples) {
      const buffer = Buffer.from(bytes);
      expect(toHex(bytes)).toBe(buffer.toString("hex"));
      expect(toBase64(bytes)).toBe(buffer.toString("base64"));
      expect(toBase64Url(bytes)).toBe(buffer.toString("base64url"));
      expect(fromHex(toHex(bytes).toUpperCase())).toEqual(bytes);
      expect(fromBase64(toBase64(bytes))).toEqual(bytes);
      expect(fromBase64(toBase64(bytes).replaceAll("=", ""))).toEqual(bytes);
    }
  });

  test.each(["a", "abc", "zz", "0x", " ab", "ab ", "ab\n", "é0"])("%j is no hex", (text) => {
    expect(fromHex(text)).toBeUndefined();
  });

  test.each([
    "A",
    "AAAAA",
    "AA=",
    "AAA==",
    "AA===",
    "=",
    "====",
    "A===",
    "AB==",
    "AAB=",
    "AAB",
    "AB",
    "AA==AA==",
    "AA ==",
    "AAA\n",
    "AA-_",
    "AAAé",
    "AAAĀ",
  ])("%j is no base64", (text) => {
    expect(fromBase64(text)).toBeUndefined();
  });
});
