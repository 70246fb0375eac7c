import { expect, test } from "vitest";
import { compileJsonPath } from "./json-path.ts";

const document = { result: { items: [{ id: 7 }], "odd key": "yes" } };

test.each([
  ["$", document],
  ["$.result.items[0].id", 7],
  ["$.result['odd key']", "yes"],
  ['$["result"].items[0]["id"]', 7],
  ["$.result.items[1].id", undefined],
  ["$.result.constructor", undefined],
  ["$.result.items.length.x", undefined],
])("%s", (path, value) => {
  expect(compileJsonPath(path, "path")(document)).toEqual(value);
});

test.each(["", "result", "$..id", "$.*", "$.items[*]", "$.items[-1]", "$.items[?(@.id)]", "$.a b", "$.", 5, null])(
  "%j is more than names and indexes, or less",
  (path) => {
    expect(() => compileJsonPath(path, "path")).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option: "path" }),
    );
  },
);
