import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const folder = new URL(".", import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), "utf8");
const recipes = readdirSync(folder).filter((file) => !/\.test\.ts$|^testing\.ts$|\.md$/.test(file));

describe("a recipe", () => {
  it.each(recipes)("%s has at most 25 lines, and says at its top what it is", (file) => {
    const lines = read(file).trimEnd().split("\n");
    expect(lines.length).toBeLessThanOrEqual(25);
    expect(lines[0]).toMatch(/^(?:\/\*\*|#) \S/);
  });

  it("is in the list, in a line of its own", () => {
    const listed = [...read("README.md").matchAll(/^\| \[(.+)\]\(\1\) \| \S/gm)].map((match) => match[1]);
    expect(listed.sort()).toEqual(recipes.sort());
  });

  it.each(recipes)("%s has a test that names it", (file) => {
    const tests = readdirSync(folder).filter((name) => name.endsWith(".test.ts") && name !== "recipes.test.ts");
    expect(tests.some((name) => read(name).includes(`"${file}"`) || read(name).includes(`"./${file}"`))).toBe(true);
  });
});
