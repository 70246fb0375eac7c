/** What the packages say to coders has a sentence for operators: the sources are searched for what has none. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { forOperators } from "./sentences.ts";

const PACKAGES = join(import.meta.dirname, "..", "..", "..");

/** An argument of a program, in a sentence that somebody reads. */
const CODE = /\b(?:context|readers|guard)\.[a-z]\w*|\bguard: "/i;

function sentencesIn(folder: string): string[] {
  return readdirSync(join(PACKAGES, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => {
      const source = readFileSync(join(PACKAGES, folder, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "");
      // What stands between braces of a template is code, and a sentence has blanks.
      const texts = [...source.matchAll(/`((?:[^`\\]|\\.)*)`|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'/g)];
      return texts.map(([, a, b, c]) => (a ?? b ?? c ?? "").replace(/\$\{[^{}]*\}/g, "X"));
    })
    .filter((text) => text.split(" ").length > 4 && CODE.test(text));
}

const sentences = [...sentencesIn("systems/src"), ...sentencesIn("sender/src/transport")];

test("there are such sentences", () => {
  expect(sentences.length).toBeGreaterThan(8);
});

test.each(sentences.map((sentence) => ({ sentence })))("$sentence", ({ sentence }) => {
  const said = forOperators(sentence);
  expect(said).not.toBe(sentence);
  expect(said).not.toMatch(CODE);
});

test("what has no words of coders stays as it is", () => {
  const sentence = "exports[0].webhook.url is missing.";
  expect(forOperators(sentence)).toBe(sentence);
});
