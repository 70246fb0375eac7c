import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { macSecret, tokenSecret } from "./decode.ts";
import { KeyRing } from "./key-ring.ts";
import { secretList } from "./secrets.ts";

const BYTES = Uint8Array.from({ length: 32 }, (_, i) => i * 8);
const BASE64 = Buffer.from(BYTES).toString("base64");
const HEX = Buffer.from(BYTES).toString("hex");

describe("a MAC secret", () => {
  test("is decoded as its provider writes it", () => {
    expect(macSecret("grüß", "utf8")).toEqual(new TextEncoder().encode("grüß"));
    expect(macSecret(BASE64, "base64")).toEqual(BYTES);
    expect(macSecret(HEX, "hex")).toEqual(BYTES);
    expect(macSecret(HEX.toUpperCase(), "hex")).toEqual(BYTES);
    expect(macSecret(`whsec_${BASE64}`, "whsec")).toEqual(BYTES);
    expect(macSecret(BASE64, "whsec")).toEqual(BYTES);
    expect(macSecret(BASE64.replaceAll("=", ""), "base64")).toEqual(BYTES);
  });

  test("given as bytes is taken as it is, in a copy", () => {
    const given = BYTES.slice();
    const secret = macSecret(given, "base64");
    given.fill(0);
    expect(secret).toEqual(BYTES);
  });

  test("keeps its whitespace where the provider does not encode it", () => {
    expect(macSecret(" a\n", "utf8")).toEqual(new TextEncoder().encode(" a\n"));
  });

  test.each([
    [` ${BASE64}`, "base64", /must be base64\./],
    [`${BASE64}\n`, "base64", /without quotes or line breaks/],
    [`"${BASE64}"`, "base64", /base64/],
    [BASE64.slice(0, -2), "base64", /base64/],
    [BASE64.replace(/.=$/, "9="), "base64", /base64/],
    ["not base64!", "base64", /base64/],
    ["whsec_", "whsec", /base64 behind an optional "whsec_"/],
    [`whsec_ ${BASE64}`, "whsec", /whsec_/],
    [`WHSEC_${BASE64}`, "whsec", /whsec_/],
    [`whsec_whsec_${BASE64}`, "whsec", /whsec_/],
    [`0x${HEX}`, "hex", /must be hex/],
    [HEX.slice(1), "hex", /must be hex/],
    ["=", "base64", /base64/],
  ] as const)("%j as %s is refused", (secret, format, message) => {
    const error = caught(() => macSecret(secret, format));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(error.message).toMatch(message);
    if (secret.length > 8) expect(error.message).not.toContain(secret);
  });
});

describe("the list of secrets", () => {
  test("is one, or several in order", () => {
    expect(secretList("a")).toEqual(["a"]);
    expect(secretList(["a", BYTES])).toEqual(["a", BYTES]);
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["an empty string", ""],
    ["blanks", "  \n"],
    ["no bytes", new Uint8Array(0)],
    ["a list with an empty one", ["a", ""]],
    ["a list with a hole", ["a", undefined]],
    ["a number", 5],
    ["an object", { secret: "a" }],
    ["a nested list", [["a"]]],
  ])("is refused: %s", (_, secrets) => {
    expect(() => secretList(secrets as never)).toThrow(/secret is missing or empty. Is the environment variable set\?/);
  });

  test("is neither empty nor endless", () => {
    expect(() => secretList([])).toThrow("secret is an empty list: give at least one secret.");
    expect(secretList(Array(16).fill("a"))).toHaveLength(16);
    expect(() => secretList(Array(17).fill("a"))).toThrow(/more than 16/);
  });
});

describe("a token", () => {
  test("is visible ASCII, single blanks inside", () => {
    expect(tokenSecret("a-b_c.d~e")).toBe("a-b_c.d~e");
    expect(tokenSecret("a b")).toBe("a b");
    expect(tokenSecret(new TextEncoder().encode("abc"))).toBe("abc");
  });

  test.each([" a", "a ", "a\n", "a\tb", "a  b", "ä", "a\0b", "a\r\nx: y"])("%j is refused", (secret) => {
    expect(() => tokenSecret(secret)).toThrow(/token of visible ASCII characters/);
  });
});

test("a key ring makes each looked-up key once and forgets the oldest when it is full", () => {
  const made: unknown[] = [];
  const ring = new KeyRing(
    (secret) => {
      made.push(secret);
      return {};
    },
    [],
    2,
  );
  ring.find("a");
  ring.find("a");
  ring.find("b");
  expect(made).toEqual(["a", "b"]);
  ring.find("c");
  ring.find("b");
  expect(made).toEqual(["a", "b", "c"]);
  ring.find("a");
  expect(made).toEqual(["a", "b", "c", "a"]);
  ring.find(BYTES);
  ring.find(BYTES); // Bytes may change behind its back.
  expect(made).toHaveLength(6);
});

function caught(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not throw");
}
