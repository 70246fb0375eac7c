import { describe, expect, test } from "vitest";
import { compileLayout } from "./compile-layout.ts";
import { MAX_SIGNATURES, type SignatureFields } from "./layout.ts";
import { signatureReader } from "./signature.ts";

const reader = signatureReader("hex", 20);
const A = "a".repeat(40);
const B = "b".repeat(40);

function read(layout: string, text: string, list?: "," | " ") {
  const fields: SignatureFields = { timestamp: undefined, signatures: [] };
  const problem = compileLayout(layout, list, reader).read(text, fields);
  return problem ?? fields;
}
const none = (signatures: string[], timestamp?: string) => ({ timestamp, signatures });

describe("one signature behind a prefix", () => {
  test.each([
    ["{signature}", A, A],
    ["sha256={signature}", `sha256=${A}`, A],
    ["v0={signature}", `v0=${A.toUpperCase()}`, A],
  ])("%s reads %s", (layout, text, signature) => expect(read(layout, text)).toEqual(none([signature])));

  test.each([
    "",
    "sha256=",
    A,
    `sha1=${A}`,
    `SHA256=${A}`,
    `sha256=${A},sha256=${B}`,
    ` sha256=${A}`,
    `sha256=${A} `,
    `sha256= ${A}`,
  ])("%j is malformed", (text) => expect(read("sha256={signature}", text)).toBeTypeOf("string"));
});

describe("a list behind a prefix", () => {
  test("parted by blanks takes each entry of its version and ignores others", () => {
    expect(read("v1,{signature}", `v1,${A} v1a,zz v2,?? v1,${B}`, " ")).toEqual(none([A, B]));
  });

  test("parted by commas takes blanks behind them", () => {
    expect(read("v1={signature}", `v1=${A}, v1=${B},\tv1=${A}`, ",")).toEqual(none([A, B, A]));
  });

  test.each([
    ["", " "],
    ["v2,x", " "],
    [`v1,${A.slice(1)}`, " "],
    [`v1,${A},v1,${B}`, " "],
    ["v1,zz v1,", " "],
    ["", ","],
    [",", ","],
    [",,,", ","],
  ] as const)("%j parted by %j is malformed", (text, list) => {
    expect(read("v1,{signature}", text, list)).toBeTypeOf("string");
  });

  test.each([
    [` v1,${A}`, " ", [A]],
    [`v1,${A} `, " ", [A]],
    [`v1,${A}  v1,${B}`, " ", [A, B]],
    [`v1,zz v1,${A} v1,`, " ", [A]],
    [`v1=zz, v1=${A},`, ",", [A]],
  ] as const)(
    "%j parted by %j: a broken or an empty entry beside a good one is passed over",
    (text, list, signatures) => {
      expect(read(list === " " ? "v1,{signature}" : "v1={signature}", text, list)).toEqual(none([...signatures]));
    },
  );

  test("holds 32 entries and not one more, whatever they are", () => {
    const full = Array(MAX_SIGNATURES).fill(`v1,${A}`);
    expect(read("v1,{signature}", full.join(" "), " ")).toEqual(none(Array(MAX_SIGNATURES).fill(A)));
    expect(read("v1,{signature}", [...full, "v9,x"].join(" "), " ")).toMatch(/more than 32/);
  });
});

describe("named pairs", () => {
  const layout = "t={timestamp},v1={signature}";
  test.each([
    [`t=1,v1=${A}`, none([A], "1")],
    [`v1=${A},t=1`, none([A], "1")],
    [`t=1, v1=${A}`, none([A], "1")],
    [` t=1 ,\tv1=${A} `, none([A], "1")],
    [`t=1,v1=${A},v1=${B}`, none([A, B], "1")],
    [`t=1,v0=old,v1=${A},v2=new=er`, none([A], "1")],
    [`t=,v1=${A}`, none([A], "")],
    [`t=1,v1=${A},v1=zz`, none([A], "1")],
    [`v1=,t=1,v1=${A}`, none([A], "1")],
    [`t=1,,v1=${A},`, none([A], "1")],
    [`t=1,=x,extra,v1=${A}`, none([A], "1")],
  ])("%s", (text, fields) => expect(read(layout, text)).toEqual(fields));

  test.each([
    ["nothing", ""],
    ["no signature", "t=1"],
    ["no timestamp", `v1=${A}`],
    ["two timestamps", `t=1,t=1,v1=${A}`],
    ["no good signature", "t=1,v1=zz,v1="],
    ["a second timestamp behind a good signature", `t=1,v1=${A},t=1`],
    ["a blank before the sign", `t=1,v1 =${A}`],
    ["another separator", `t=1;v1=${A}`],
    ["another case", `T=1,V1=${A}`],
    ["33 signatures", `t=1${`,v1=${A}`.repeat(33)}`],
  ])("malformed: %s", (_, text) => expect(read(layout, text)).toBeTypeOf("string"));

  test("with a semicolon, and written back", () => {
    const paddle = compileLayout("ts={timestamp};h1={signature}", undefined, reader);
    const text = paddle.write("5", [A, B]);
    expect(text).toBe(`ts=5;h1=${A};h1=${B}`);
    const fields: SignatureFields = { timestamp: undefined, signatures: [] };
    expect(paddle.read(text, fields)).toBeUndefined();
    expect(fields).toEqual(none([A, B], "5"));
  });

  test("with a blank behind the comma is written so", () => {
    expect(compileLayout("t={timestamp}, v1={signature}", undefined, reader).write("5", [A])).toBe(`t=5, v1=${A}`);
  });
});
