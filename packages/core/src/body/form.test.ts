import { describe, expect, test } from "vitest";
import { isForm, parseForm, sortedForm } from "./form.ts";

describe("a form", () => {
  test.each([
    ["", {}],
    ["a=b", { a: "b" }],
    ["a=b&c=d", { a: "b", c: "d" }],
    ["a=1&a=2&a=3", { a: ["1", "2", "3"] }],
    ["a", { a: "" }],
    ["a=", { a: "" }],
    ["=b", { "": "b" }],
    ["a=b=c", { a: "b=c" }],
    ["&&a=b&", { a: "b" }],
    ["a+b=c+d", { "a b": "c d" }],
    ["a%2Bb=%26%3D", { "a+b": "&=" }],
    ["a=%F0%9F%98%80", { a: "😀" }],
    ["a=\u00e9", { a: "é" }],
    ["constructor=1&toString=2", { constructor: "1", toString: "2" }],
  ])("%j", (text, fields) => expect({ ...parseForm(text) }).toEqual(fields));

  test.each(["a=%", "a=%4", "a=%zz", "%=a", "a=%FF", "a=%C3%28", "a=%ED%A0%80"])("%j cannot be read", (text) => {
    expect(parseForm(text)).toBeUndefined();
  });

  test("has no prototype: __proto__ is a field like any other", () => {
    const fields = parseForm("__proto__=a&__proto__=b");
    expect(Object.getPrototypeOf(fields)).toBeNull();
    expect(Object.keys(fields ?? {})).toEqual(["__proto__"]);
  });

  test("is signed by Twilio as its names in order, each with its distinct values in order", () => {
    expect(sortedForm(parseForm("b=2&a=1&B=3&a=0&a=1&10=x&9=y") ?? {})).toBe("10x9yB3a0a1b2");
  });

  test.each([
    ["application/x-www-form-urlencoded", true],
    ["Application/X-WWW-Form-URLencoded; charset=UTF-8", true],
    [" application/x-www-form-urlencoded ;a=b", true],
    ["application/x-www-form-urlencodedx", false],
    ["text/plain; application/x-www-form-urlencoded", false],
    ["application/json", false],
    ["", false],
    [undefined, false],
  ])("content type %j", (type, is) => expect(isForm({ headers: { "content-type": type } })).toBe(is));
});
