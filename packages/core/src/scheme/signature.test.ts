import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { DIGEST_BYTES, signatureReader } from "./signature.ts";

const digests = Object.keys(DIGEST_BYTES) as (keyof typeof DIGEST_BYTES)[];

describe.each(digests)("a %s signature", (digest) => {
  const bytes = DIGEST_BYTES[digest];
  const hash = createHash(digest).update("a").digest();
  const hex = hash.toString("hex");
  const base64 = hash.toString("base64");
  const readHex = signatureReader("hex", bytes);
  const readBase64 = signatureReader("base64", bytes);
  const whole = (read: typeof readHex, text: string) => read(text, 0, text.length);

  test("is as long as the hash is", () => expect(bytes).toBe(hash.length));

  test("in hex comes back in lower case, out of the middle of a text too", () => {
    expect(whole(readHex, hex)).toBe(hex);
    expect(whole(readHex, hex.toUpperCase())).toBe(hex);
    expect(readHex(`v1=${hex},`, 3, 3 + hex.length)).toBe(hex);
  });

  test.each([
    ["empty", ""],
    ["one digit short", hex.slice(1)],
    ["one digit long", `${hex}0`],
    ["a blank", ` ${hex.slice(1)}`],
    ["g", `g${hex.slice(1)}`],
    ["0x", `0x${hex.slice(2)}`],
    ["G behind F", `G${hex.slice(1)}`],
    ["@ before A", `@${hex.slice(1)}`],
    ["backtick before a", `\`${hex.slice(1)}`],
    ["a letter that lower-cases to k", `\u212a${hex.slice(1)}`],
    ["a character whose low byte is a digit", `\u0130${hex.slice(1)}`],
    ["a full-width digit", `\uff11${hex.slice(1)}`],
    ["base64", base64],
  ])("in hex is refused: %s", (_, text) => expect(whole(readHex, text)).toBeUndefined());

  test("in base64 comes back as it is", () => {
    expect(whole(readBase64, base64)).toBe(base64);
    expect(readBase64(`v1,${base64} `, 3, 3 + base64.length)).toBe(base64);
  });

  const last = base64.search(/=*$/) - 1;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const stray = alphabet[alphabet.indexOf(base64[last] as string) ^ 1] as string;

  test.each([
    ["empty", ""],
    ...(bytes % 3 === 0 ? [] : [["without padding", base64.replaceAll("=", "")]]),
    ["with more padding", `${base64}=`],
    ["url-safe", `-${base64.slice(1)}`],
    ["url-safe underscore", `_${base64.slice(1)}`],
    ["a blank inside", `${base64.slice(0, 4)} ${base64.slice(5)}`],
    ["padding in front", `=${base64.slice(1)}`],
    ["a line break behind", `${base64}\n`],
    ["not ASCII", `\u0141${base64.slice(1)}`],
    ["hex", hex],
  ])("in base64 is refused: %s", (_, text) => expect(whole(readBase64, text)).toBeUndefined());

  // Three bytes are four characters: nothing is left over.
  if (bytes % 3 === 0) return;
  test("in base64 has one spelling: stray bits in its last character are refused", () => {
    const text = base64.slice(0, last) + stray + base64.slice(last + 1);
    expect(Buffer.from(text, "base64").equals(hash)).toBe(true);
    expect(whole(readBase64, text)).toBeUndefined();
  });
});
