import { expect, test } from "vitest";
import { decodeText } from "./text.ts";

test.each([
  ["empty", [], ""],
  ["text", [0xc3, 0xa9, 0xf0, 0x9f, 0x98, 0x80], "é😀"],
  ["a byte order mark, which stays", [0xef, 0xbb, 0xbf, 0x61], "\ufeffa"],
  ["NUL", [0], "\0"],
])("UTF-8: %s", (_, bytes, text) => expect(decodeText(Uint8Array.from(bytes))).toBe(text));

test.each([
  ["a lone continuation", [0x80]],
  ["a byte that never occurs", [0xff]],
  ["cut off", [0xe2, 0x82]],
  ["overlong slash", [0xc0, 0xaf]],
  ["a surrogate", [0xed, 0xa0, 0x80]],
  ["beyond Unicode", [0xf4, 0x90, 0x80, 0x80]],
  ["Latin-1", [0x63, 0x61, 0x66, 0xe9]],
])("not UTF-8: %s", (_, bytes) => expect(decodeText(Uint8Array.from(bytes))).toBeUndefined());
