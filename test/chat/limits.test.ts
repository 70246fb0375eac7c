import { describe, expect, test } from "vitest";
import { platforms } from "./platforms.ts";

/** Two megabytes of it, in the text, in a field and in the title. */
const kinds: readonly (readonly [what: string, unit: string])[] = [
  ["letters", "a"],
  ["emoji families", "👨‍👩‍👧‍👦"],
  ["one endless grapheme", "\u0301"],
  ["zalgo", `z${"\u0335\u0321".repeat(20)}`],
  ["right to left", "שלום مرحبا "],
  ["flags", "🇩🇪"],
  ["lone surrogates", "\ud83d"],
  ["markup", "*_~`|[]()<>&#@"],
  ["fences", "```\n"],
  ["addresses", "https://evil.example/ www.evil.example a@b.example "],
  ["nothing visible", "\u200b\u0000"],
];

/**
 * A quadratic step over two megabytes would take hours; what is linear takes well under a second, more on a machine
 * with other work to do.
 */
const LONG = 20_000;

describe.each(platforms)("two megabytes on $name", ({ make, check }) => {
  const format = make();
  test.each(kinds)(
    "%s",
    (_, unit) => {
      const long = unit.repeat(Math.ceil(2_000_000 / unit.length));
      const started = performance.now();
      const payload = format({ title: long, text: long, fields: [{ name: "long", value: long }] });
      expect(performance.now() - started).toBeLessThan(LONG);
      const body = JSON.stringify(payload);
      expect(check(body)).toEqual([]);
      expect(body).not.toMatch(/\p{Surrogate}/u);
    },
    LONG * 2,
  );

  test(
    "in twenty parts when splitting",
    () => {
      const long = "👨‍👩‍👧‍👦 שלום *x* ".repeat(100_000);
      const started = performance.now();
      const payloads = make({ overflow: "split" }).payloads({ title: "t", text: long });
      expect(performance.now() - started).toBeLessThan(LONG);
      expect(payloads.length).toBeLessThanOrEqual(20);
      for (const { payload } of payloads) expect(check(JSON.stringify(payload))).toEqual([]);
      expect(payloads.at(-1)?.cuts).toEqual([{ path: "text", removed: expect.any(Number) }]);
    },
    LONG * 2,
  );

  test(
    "a hundred thousand fields and events",
    () => {
      const fields = Array.from({ length: 100_000 }, (_, index) => ({ name: `n${index}`, value: "v" }));
      expect(check(JSON.stringify(format({ title: "t", fields })))).toEqual([]);
      expect(check(JSON.stringify(format(fields.map(({ name }) => ({ title: name })))))).toEqual([]);
      for (const { payload } of make({ overflow: "split" }).payloads({ title: "t", fields })) {
        expect(check(JSON.stringify(payload))).toEqual([]);
      }
    },
    LONG * 2,
  );
});
