import { expect, test } from "vitest";
import { defineProvider } from "../scheme/define-provider.ts";
import { row } from "../scheme/provider.ts";
import * as providers from "./index.ts";

const rows = Object.entries(providers).filter(([, value]) => "scheme" in value);

test.each(rows)(
  "%s is a row that works: what programs do not check when they import it is checked here",
  (_, provider) => {
    expect(defineProvider({ ...provider } as never)).toEqual(provider);
    expect(Object.isFrozen(provider)).toBe(true);
  },
);

test("are all there", () => {
  expect(rows.length).toBeGreaterThan(35);
});

test("a changed copy of a row is not taken for one: it has not been checked", () => {
  const own = row({ name: "own" } as never);
  expect(Object.getOwnPropertySymbols({ ...own })).toEqual([]);
});
