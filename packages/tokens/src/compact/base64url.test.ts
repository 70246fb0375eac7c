import { expect, test } from "vitest";
import { fromBase64Url } from "./base64url.ts";

test("is read as Node reads it", () => {
  for (let length = 0; length < 70; length++) {
    const bytes = Uint8Array.from({ length }, (_, i) => (i * 37 + length * 11) & 255);
    expect(fromBase64Url(Buffer.from(bytes).toString("base64url"))).toEqual(bytes);
  }
});

test.each(["A", "AAAAA", "AB", "AAB", "AA==", "AA=", "A+A/", "AA A", "AAA\n", "é", "A.A", "AAAĀ"])(
  "%j, which others may read as bytes, is none",
  (text) => {
    expect(fromBase64Url(text)).toBeUndefined();
  },
);
