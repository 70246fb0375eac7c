import fc from "fast-check";
import { expect, test } from "vitest";
import { diffLines, firstDifference } from "./diff.ts";

const lines = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });

test("what is in the first and in both makes the first, and likewise the second", () => {
  fc.assert(
    fc.property(lines, lines, (first, second) => {
      const all = diffLines(first, second);
      const of = (side: "first" | "second") =>
        all.filter((one) => one.side === side || one.side === "both").map(({ text }) => text);
      expect([of("first"), of("second")]).toEqual([first, second]);
    }),
  );
});

test("as much as can be is in both", () => {
  const all = diffLines(["a", "b", "c", "d", "e"], ["a", "c", "x", "d", "e"]);
  expect(all.map(({ side, text }) => `${{ both: " ", first: "-", second: "+" }[side]}${text}`)).toEqual([
    " a",
    "-b",
    " c",
    "+x",
    " d",
    " e",
  ]);
});

test("texts that are too long for that are shown as replaced, between what they share", () => {
  const long = (what: string) => ["same", ...Array.from({ length: 5_000 }, (_, i) => what + i), "end"];
  const all = diffLines(long("a"), long("b"));
  expect(all).toHaveLength(10_002);
  expect([all[0]?.side, all[1]?.side, all.at(-2)?.side, all.at(-1)?.side]).toEqual(["both", "first", "second", "both"]);
});

test("the first byte that differs", () => {
  const bytes = (...all: number[]) => Uint8Array.from(all);
  expect(firstDifference(bytes(1, 2), bytes(1, 2))).toBe(-1);
  expect(firstDifference(bytes(1, 2), bytes(1, 3))).toBe(1);
  expect(firstDifference(bytes(1), bytes(1, 3))).toBe(1);
});
