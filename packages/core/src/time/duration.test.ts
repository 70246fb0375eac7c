import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { LONGEST_TIMER, parseDuration } from "./duration.ts";

describe("a duration", () => {
  test.each([
    ["5s", 5_000],
    ["1m30s", 90_000],
    ["1.5h", 5_400_000],
    [".5s", 500],
    ["1.s", 1_000],
    ["250ms", 250],
    ["1h1m1s1ms", 3_661_001],
    ["1000us", 1],
    ["1000µs", 1],
    ["1000μs", 1],
    ["1000000ns", 1],
    ["0", 0],
    ["0s", 0],
    [0, 0],
    [0.5, 0.5],
    [10_000, 10_000],
    [300_000, 300_000],
  ])("%j is %d ms", (text, milliseconds) => {
    expect(parseDuration(text, "x")).toBeCloseTo(milliseconds, 9);
  });

  test.each([
    "",
    " ",
    "5",
    "5 s",
    " 5s",
    "5s ",
    "-5s",
    "+5s",
    "5S",
    "5sec",
    "5s5",
    "s",
    ".s",
    "1e3s",
    "0x5s",
    "٥s",
    "NaN",
    "Infinity",
    "5s\n",
    "1d",
    `${"1s".repeat(40)}`,
    `${"9".repeat(400)}h`,
    -1,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    null,
    undefined,
    {},
    [],
    true,
    new Date(),
  ])("%j is none", (value) => {
    expect(() => parseDuration(value as never, "timeout")).toThrow(ConfigurationError);
    expect(() => parseDuration(value as never, "timeout")).toThrow(/^timeout must be a duration: .*"5s"/);
  });

  test("is held between its limits, which are allowed themselves", () => {
    expect(parseDuration("1ms", "x", 1, 2)).toBe(1);
    expect(parseDuration("2ms", "x", 1, 2)).toBe(2);
    expect(() => parseDuration("0s", "wait", 1)).toThrow("wait must be at least 1 ms; it is 0 ms.");
    expect(() => parseDuration("1000h", "wait", 1, LONGEST_TIMER)).toThrow(/wait must be at most 2147483647 ms/);
  });

  test.each([1, 1.5, 5, 300, 9_999])("the number %d is refused: it may be meant as seconds", (value) => {
    expect(() => parseDuration(value, "tolerance")).toThrow(
      `tolerance is the number ${value}, which may be meant as seconds or as milliseconds: write "${value}s" or "${value}ms".`,
    );
  });
});
