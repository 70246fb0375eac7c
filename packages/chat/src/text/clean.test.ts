import { describe, expect, test } from "vitest";
import { clean, head, isBlank, oneLine } from "./clean.ts";

describe("clean", () => {
  test("removes what hides: controls, bidirectional overrides, zero-width breaks, hidden tags", () => {
    expect(clean("a\u0000b\u001b[31mc\u007f\u0085")).toBe("ab[31mc\n");
    expect(clean("user\u202egnp.exe\u2066\u2069")).toBe("usergnp.exe");
    expect(clean("ch\u200ban\ufeffnel\u2060\u00ad")).toBe("channel");
    expect(clean("hi\u{e0041}\u{e0042}")).toBe("hi");
  });

  test("keeps what scripts and emoji need", () => {
    for (const text of ["👨‍👩‍👧‍👦", "❤️", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "نمی‌خواهم", "क्‍ष", "\u200eabc\u200f", "e\u0301"])
      expect(clean(text)).toBe(text);
  });

  test("makes every line break one, and every lone surrogate a sign", () => {
    expect(clean("a\r\nb\rc\u2028d\u000be")).toBe("a\nb\nc\nd\ne");
    expect(clean("a\ud800b\udc00c")).toBe("a\ufffdb\ufffdc");
  });

  test("is done in one pass", () => {
    for (const text of ["\ud83d\u200b\ude00", "\u{1f3f4}\u200b\u{e0067}", "a\u0000\r\u0000\n"])
      expect(clean(clean(text))).toBe(clean(text));
  });
});

describe("its helpers", () => {
  test("know a blank text", () => {
    for (const text of ["", " \n\t", "\u00a0", "\u200d\ufe0f", "\u3164", "\u2800", "\u200e"])
      expect(isBlank(text)).toBe(true);
    for (const text of ["a", ".", "😀", "0"]) expect(isBlank(text)).toBe(false);
  });

  test("make one line", () => {
    expect(oneLine(" a\n\n\tb ")).toBe("a b");
  });

  test("never take half a character", () => {
    expect(head("a😀", 2)).toBe("a");
    expect(head("a😀", 3)).toBe("a😀");
  });
});
