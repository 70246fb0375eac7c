import { describe, expect, test } from "vitest";
import { AMBIGUOUS, getHeader, type HeadersLike } from "./headers.ts";

const get = (headers: unknown, raw?: readonly string[]) => getHeader(headers as HeadersLike, "x-signature", raw);

describe("one header", () => {
  test("is read from Fetch Headers, whatever the case it was set in", () => {
    expect(get(new Headers({ "X-Signature": "a" }))).toBe("a");
    expect(get(new Headers())).toBeUndefined();
  });

  test("that stands twice in Fetch Headers is one value with a comma, which no grammar takes for one signature", () => {
    const headers = new Headers([
      ["x-signature", "a"],
      ["X-Signature", "b"],
    ]);
    expect(get(headers)).toBe("a, b");
  });

  test.each([
    ["lower case", { "x-signature": "a" }],
    ["mixed case", { "X-Signature": "a" }],
    ["a list of one", { "x-signature": ["a"] }],
    ["a list of one in another case", { "X-SIGNATURE": ["a"] }],
    ["beside an absent one", { "X-Signature": undefined, "x-signature": "a" }],
    ["beside an empty list", { "X-Signature": [], "x-signature": ["a"] }],
    ["without a prototype", Object.assign(Object.create(null), { "x-signature": "a" })],
    ["in a Map, which has get() as well", new Map([["x-signature", "a"]])],
  ])("is read from a record: %s", (_, headers) => {
    expect(get(headers)).toBe("a");
  });

  test.each([
    ["no header", {}],
    ["undefined", { "x-signature": undefined }],
    ["null", { "x-signature": null }],
    ["an empty list", { "x-signature": [] }],
    ["another name of the same length", { "x-signaturo": "a" }],
    ["a header named get, not a method", { get: "a" }],
    ["no headers at all", undefined],
    ["null for headers", null],
  ])("is absent: %s", (_, headers) => {
    expect(get(headers)).toBeUndefined();
  });

  test.each([
    ["a list of two", { "x-signature": ["a", "b"] }],
    ["a list of two equal ones", { "x-signature": ["a", "a"] }],
    ["two cases", { "x-signature": "a", "X-Signature": "b" }],
    ["two cases, the other first", { "X-Signature": "b", "x-signature": "a" }],
    ["two other cases", { "X-Signature": "b", "X-SIGNATURE": "a" }],
    ["a list that holds no text", { "x-signature": [null] }],
    ["a nested list", { "x-signature": [["a"]] }],
    ["an object", { "x-signature": { toString: (): string => "a" } }],
    ["a boolean", { "x-signature": true }],
    ["a Map of lists", new Map([["x-signature", ["a", "b"]]])],
  ])("is ambiguous: %s", (_, headers) => {
    expect(get(headers)).toBe(AMBIGUOUS);
  });

  test("of which Node kept only the first is counted in rawHeaders", () => {
    const raw = ["X-Signature", "a", "Host", "x", "x-signature", "b"];
    expect(get({ "x-signature": "a" }, raw)).toBe(AMBIGUOUS);
    expect(get({ "x-signature": "a" }, raw.slice(0, 4))).toBe("a");
    expect(get({}, raw.slice(2, 4))).toBeUndefined();
  });

  test("is not looked for among the values of rawHeaders", () => {
    expect(get({ "x-signature": "a" }, ["x-signature", "a", "x-other", "x-signature"])).toBe("a");
  });
});
