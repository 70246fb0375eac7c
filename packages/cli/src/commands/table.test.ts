import { expect, test } from "vitest";
import { parse } from "../command-line/parse.ts";
import { shellWords } from "../request/shell-words.ts";
import { commands } from "./table.ts";

const lines = commands.flatMap((command) => command.examples.map(([line]) => ({ line, command })));

test.each(lines)("the help's example can be typed: $line", ({ line, command }) => {
  const words = shellWords(line.slice(line.indexOf(`countersign ${command.name}`))).map(({ text }) => text);
  expect(words.slice(0, 2)).toEqual(["countersign", command.name]);
  parse(command, words.slice(2));
});

test.each(commands)("$name has an example for what it is asked most", ({ examples, summary, load }) => {
  expect(examples.length).toBeGreaterThan(0);
  expect(summary).toMatch(/^[a-z].*[^.]$/);
  expect(load).toBeTypeOf("function");
});
