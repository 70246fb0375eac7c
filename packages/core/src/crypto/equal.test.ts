import { describe, expect, test } from "vitest";
import { platform as node } from "./node.ts";
import { platform as web } from "./web.ts";

describe.each([
  ["node", node],
  ["web", web],
])("%s compares", (_, platform) => {
  test.each([0, 1, 64, 88, 128, 255, 256, 257, 5000])("%d characters", (length) => {
    const text = "a".repeat(length);
    expect(platform.equal(text, text)).toBe(true);
    expect(platform.equal(text, `${text}a`)).toBe(false);
    if (length === 0) return;
    expect(platform.equal(text, `${text.slice(1)}b`)).toBe(false);
    expect(platform.equal(text, `b${text.slice(1)}`)).toBe(false);
  });
});
