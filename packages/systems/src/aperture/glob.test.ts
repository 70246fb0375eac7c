import { expect, test } from "vitest";
import { matchesGlob } from "./glob.ts";

test.each([
  ["openai/gpt-5.5", "**", true],
  ["openai/gpt-5.5", "openai/*", true],
  ["openai/gpt-5.5", "openai/gpt-5*", true],
  ["openai/gpt-5.5", "*/gpt-*.5", true],
  ["openai/gpt-5.5", "openai/**", true],
  ["a/b/c", "a/**/c", true],
  ["a/c", "a/**/c", true],
  ["openai/gpt-5.5", "*", false],
  ["openai/gpt-5.5", "gpt-5.5", false],
  ["openai/gpt-5.5", "anthropic/**", false],
  ["a/b/c", "a/*", false],
  ["aa", "a*a*a", false],
])("%s against %s: %s", (text, pattern, expected) => {
  expect(matchesGlob(text, pattern)).toBe(expected);
});

test("no pattern takes long", () => {
  const started = process.cpuUsage().user;
  expect(matchesGlob("a".repeat(5_000), `${"*a".repeat(500)}b`)).toBe(false);
  expect(process.cpuUsage().user - started).toBeLessThan(500_000);
});
