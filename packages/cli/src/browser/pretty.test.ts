import fc from "fast-check";
import { expect, test } from "vitest";
import { pretty } from "./pretty.ts";

const shown = (text: string) => {
  const all = pretty(text);
  return typeof all === "string" ? all : all.map((token) => token.text).join("");
};

test("JSON is shown as JSON.stringify would indent it, whatever stands in it", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(shown(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }),
  );
});

test("numbers keep their digits, keys their order and repetitions, strings their escapes", () => {
  expect(shown('{"b":12345678901234567890,"a":1.0,"a":1E5,"s":"\\u00e9\\/\\"}{","e":{},"l":[ ]}')).toBe(
    '{\n  "b": 12345678901234567890,\n  "a": 1.0,\n  "a": 1E5,\n  "s": "\\u00e9\\/\\"}{",\n  "e": {},\n  "l": []\n}',
  );
});

test("a form is shown a field a line, and all else as it is", () => {
  expect(shown("a=1&payload=%7B%22x%22%3A1%7D")).toBe('a = 1\npayload = {"x":1}');
  for (const text of ["", "{", "hello = world", "<b>=</b>", "a=1&b"]) expect(shown(text)).toBe(text);
});

test("what is made to be slow is not", () => {
  const deep = "[".repeat(100_000) + "]".repeat(100_000);
  expect(shown(deep)).toBe(deep);
  const string = `"${"\\\\".repeat(100_000)}"`;
  expect(shown(string)).toBe(string);
  const many = `[${"0,".repeat(100_000)}0]`;
  expect(shown(many).split("\n")).toHaveLength(100_003);
});
