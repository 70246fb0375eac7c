import { describe, expect, test } from "vitest";
import { parseLossless } from "./json.ts";

describe("lossless JSON", () => {
  test.each([
    ["302231454903657293", 302231454903657293n],
    ["-302231454903657293", -302231454903657293n],
    ["9007199254740991", 9007199254740991],
    ["9007199254740992", 9007199254740992n],
    ["9007199254740993", 9007199254740993n],
    ["-9007199254740992", -9007199254740992n],
    ["18446744073709551615", 18446744073709551615n],
    ["123456789012345", 123456789012345],
    ["9007199254740993.0", Number("9007199254740993.0")],
    ["9007199254740993e0", Number("9007199254740993e0")],
    ["90071992547409930000000E-7", Number("90071992547409930000000E-7")],
    ["1e400", Number.POSITIVE_INFINITY],
    ["0.12345678901234567890", Number("0.12345678901234567890")],
    ["-0", -0],
    ["0", 0],
    ["true", true],
    ["null", null],
    ['""', ""],
  ])("%s", (text, value) => {
    expect(parseLossless(text)).toBe(value);
    expect(parseLossless(` [ ${text} ] `)).toEqual([value]);
  });

  const big = 12345678901234567890n;
  const WITH_BIG = `"big":${big}`;

  test.each([
    ["the mark itself", '"#1"', "#1"],
    ["the mark as an escape", '"\\u0023123"', "#123"],
    ["half of a longer mark as an escape", '"#\\u0023123"', "##123"],
    ["a mark without a number", '"\\u0023x"', "#x"],
    ["a mark alone", '"#"', "#"],
    ["many marks", '"####1","\\u0023\\u0023\\u0023\\u0023\\u00231"', ["####1", "#####1"]],
    ["an escaped backslash before what looks like one", '"\\\\u0023123"', "\\u0023123"],
    ["a number in a string", '"12345678901234567890"', "12345678901234567890"],
    ["a number behind an escaped quote", '"\\"12345678901234567890"', '"12345678901234567890'],
    ["a number behind backslashes and a quote", '"\\\\\\"12345678901234567890,\\\\"', '\\"12345678901234567890,\\'],
  ])("text that holds %s stays text", (_, json, value) => {
    const list = Array.isArray(value) ? value : [value];
    expect(parseLossless(`{"list":[${json}],${WITH_BIG}}`)).toEqual({ list, big });
    expect(parseLossless(`{${WITH_BIG},"list":[${json}]}`)).toEqual({ list, big });
  });

  test("keys are text, whatever they hold", () => {
    expect(parseLossless(`{"#1":1,"12345678901234567890":2,"\\u00231":3,${WITH_BIG}}`)).toEqual({
      "#1": 3,
      "12345678901234567890": 2,
      big,
    });
  });

  test("__proto__ is a field like any other", () => {
    const value = parseLossless(`{"__proto__":{"polluted":${big}},${WITH_BIG}}`) as Record<string, unknown>;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(["__proto__", "big"]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test("a name that stands twice: the last wins, as in JSON.parse", () => {
    expect(parseLossless(`{"a":${big},"a":1}`)).toEqual({ a: 1 });
    expect(parseLossless(`{"a":1,"a":${big}}`)).toEqual({ a: big });
  });

  test.each([
    "",
    " ",
    "{",
    "[1,]",
    "01",
    "-",
    "1.",
    ".5",
    "+1",
    "'a'",
    "NaN",
    "12345678901234567890n",
    "0x12345678901234567",
    '"\n"',
    "12345678901234567890 1",
    "\ufeff12345678901234567890",
    "1234567890123456789-0",
    "1234567890123456789.",
  ])("%j is no JSON here either", (text) => {
    expect(() => JSON.parse(text)).toThrow(SyntaxError);
    expect(() => parseLossless(text)).toThrow(SyntaxError);
  });

  test.each([5_000, 100_000])("a genuine body was refused for its %d levels: any that JSON.parse takes", (depth) => {
    let value = parseLossless("[".repeat(depth) + big + "]".repeat(depth));
    for (let i = 0; i < depth; i++) value = (value as unknown[])[0];
    expect(value).toBe(big);
  });

  test("a megabyte of hash signs does not make the mark longer one by one", () => {
    const text = JSON.stringify({ text: "#".repeat(1_000_000), more: "\\u0023".repeat(1000) });
    const started = process.cpuUsage().user;
    expect(parseLossless(`${text.slice(0, -1)},${WITH_BIG}}`)).toMatchObject({ big });
    // Trying each length took minutes.
    expect(process.cpuUsage().user - started).toBeLessThan(5_000_000);
  });
});
