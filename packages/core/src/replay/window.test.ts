import { expect, test } from "vitest";
import { judgeTime, retention } from "./window.ts";

const NOW = 1_784_000_000_000;
const window = { past: 300_000, future: 60_000 };

test.each([
  [0, "inside"],
  [-300_000, "inside"],
  [-300_001, "too_old"],
  [60_000, "inside"],
  [60_001, "in_future"],
  [365 * 86_400_000, "in_future"],
  [-NOW, "too_old"],
] as const)("%d ms from now is %s", (offset, verdict) => expect(judgeTime(NOW + offset, NOW, window)).toBe(verdict));

test("a clock that answers no number refuses", () => {
  expect(judgeTime(NOW, Number.NaN, window)).not.toBe("inside");
  expect(judgeTime(NOW, Number.POSITIVE_INFINITY, window)).not.toBe("inside");
  expect(judgeTime(NOW, Number.NEGATIVE_INFINITY, window)).not.toBe("inside");
});

test("a handled key is remembered for the whole window and twice the skew", () => {
  expect(retention(window, 30_000)).toBe(420_000);
});
