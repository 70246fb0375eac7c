import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../packed/pack.ts";
import { declares, placesOf } from "./where-is.ts";

const places = placesOf(readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8"));

test("a stranger is told of twenty features and more, each once", () => {
  expect(places.length).toBeGreaterThanOrEqual(20);
  expect(new Set(places.map(({ feature }) => feature)).size).toBe(places.length);
});

test.each(places)("$feature: $file has $symbol", ({ file, symbol }) => {
  const path = join(ROOT, "packages", file);
  expect(existsSync(path)).toBe(true);
  expect(declares(readFileSync(path, "utf8"), symbol)).toBe(true);
});

test("a symbol is declared, not only used or exported again", () => {
  const source = [
    'export { a } from "./a.ts";',
    "export async function b() {",
    "  f(a);",
    "  return a.c;",
    "}",
    "  readonly d?: string;",
    "  #e(): void {",
  ].join("\n");
  expect(["a", "b", "c", "d", "e", "f"].filter((name) => declares(source, name))).toEqual(["b", "d", "e"]);
});
