/** The pages that say which test is named after what: each names a file and a test that are there. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../packed/pack.ts";
import { tableUnder } from "./table.ts";

/** Each section of a page, and the points that it must have. */
const SECTIONS: readonly (readonly [page: string, section: string, points: readonly string[]])[] = [
  ["core", "Handled once", points("A", 17)],
  ["core", "Genuine requests", []],
  ["core", "Chat", points("D", 8)],
  ["systems", "Sending", points("C", 7)],
];

function points(letter: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);
}

test.each(SECTIONS)(
  "%s, %s: every point has a test, which is there, and how it was seen to fail",
  (page, section, all) => {
    const text = readFileSync(join(ROOT, "packages", page, "docs/faithful.md"), "utf8");
    const rows = tableUnder(text, section);
    expect(rows.length).toBeGreaterThan(5);
    expect(all.filter((point) => !rows.some(([first]) => first === point))).toEqual([]);
    const wrong = rows.filter(([, , cell = "", shown = ""]) => {
      const [, file = "", title = ""] = /^`([\w/.-]+)`: (.+)$/.exec(cell) ?? [];
      if (
        !existsSync(join(ROOT, file)) ||
        !/^(before [0-9a-f]{7}$|undone: |the test on the tree before it$)/.test(shown)
      )
        return true;
      const source = readFileSync(join(ROOT, file), "utf8");
      return !['"', "'", "`"].some((quote) => source.includes(`${quote}${title}${quote}`));
    });
    expect(wrong.map(([point, , cell]) => `${point} ${cell}`)).toEqual([]);
  },
);
