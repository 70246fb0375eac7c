import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { packageFolders, ROOT } from "../packed/pack.ts";
import { pages } from "./examples.ts";
import { LLMS, llmsText } from "./llms.ts";

const text = readFileSync(LLMS, "utf8");
const links = [...text.matchAll(/^- \[[^\]]+\]\(([^)]+)\): (.+)$/gm)];

test("llms.txt is what the documents say today: npm run llms writes it", () => {
  expect(text).toBe(llmsText());
});

test("llms.txt names every package and every page, each with what it answers", () => {
  expect(links).toHaveLength(packageFolders().length + pages().length);
  for (const [, link = "", says = ""] of links) {
    expect(existsSync(join(dirname(LLMS), link)), link).toBe(true);
    expect(says.length, link).toBeGreaterThan(40);
  }
});

test("llms.txt is small enough to be read whole", () => {
  expect(Buffer.byteLength(text)).toBeLessThan(16 * 1024);
});

test("the root README leads to it", () => {
  expect(readFileSync(join(ROOT, "README.md"), "utf8")).toContain("](packages/core/docs/llms.txt)");
});
