import { describe, expect, test } from "vitest";
import { type Readers, readSecret, readText } from "./secret.ts";

describe("secrets by reader", () => {
  const readers = {
    env: (name: string) => (name === "TOKEN" ? "from-env" : undefined),
    file: (path: string) => (path === "/run/token" ? "from-file\n" : missing()),
  } satisfies Readers;
  const read = (source: unknown, by: Readers) => readText(source as string, by, "e.auth.token");
  const refusing = (code: string) =>
    expect.objectContaining({ name: "ConfigurationError", option: "e.auth.token", code });

  test("come from where the application lets them come from", () => {
    expect(read({ env: "TOKEN" }, readers)).toBe("from-env");
    expect(read({ file: "/run/token" }, readers)).toBe("from-file");
    expect(read("value", {})).toBe("value");
    expect(readSecret(Buffer.from("bytes"), {}, "e")).toEqual(Uint8Array.from(Buffer.from("bytes")));
  });

  test.each([
    ["no reader", { env: "TOKEN" }, {}, "no_reader"],
    ["no file reader", { file: "/run/token" }, { env: readers.env }, "no_reader"],
    ["a variable that is not set", { env: "OTHER" }, readers, "secret_unavailable"],
    ["a file that cannot be read", { file: "/etc/shadow" }, readers, "secret_unavailable"],
    ["nothing in it", "", readers, "empty_secret"],
    ["undefined", undefined, readers, "empty_secret"],
    ["null", null, readers, "invalid_option"],
    ["a number", 5, readers, "invalid_option"],
    ["an object of another kind", {}, readers, "invalid_option"],
    ["two sources", { env: "TOKEN", file: "/run/token" }, readers, "invalid_option"],
  ])("%s is an error", (_name, source, by, code) => {
    expect(() => read(source, by)).toThrow(refusing(code));
  });

  test.each([
    ["undefined", undefined, {}],
    ["an empty string", "", {}],
    ["no bytes", new Uint8Array(), {}],
    ["a variable that is not set", { env: "OTHER" }, readers],
    ["a variable that is empty", { env: "EMPTY" }, { env: () => "" }],
  ])("a missing secret asks whether the environment variable is set: %s", (_name, source, by) => {
    expect(() => read(source, by)).toThrow(
      /^e\.auth\.token .*Is the environment variable (?:"(?:OTHER|EMPTY)" )?set\?/,
    );
  });

  test.each([
    ["env", { env: "TOKEN" }, { env: missing }],
    ["file", { file: "/etc/shadow" }, { file: missing }],
    ["env", { env: "TOKEN" }, { env: () => 5 }],
  ])("a reader that throws, or gives no text, is told by its name: %s", (name, source, by) => {
    const message = expect.stringMatching(
      new RegExp(`^e\\.auth\\.token could not be read: readers\\.${name} (?!.*shadow)`),
    );
    expect(() => read(source, by as Readers)).toThrow(expect.objectContaining({ code: "secret_unavailable", message }));
  });

  test("another key beside the source is an error that names it", () => {
    expect(() => read({ env: "TOKEN", path: "x" }, readers)).toThrow(
      expect.objectContaining({ option: "e.auth.token.path", code: "unknown_option" }),
    );
  });
});

function missing(): never {
  throw new Error("ENOENT: /etc/shadow holds a secret");
}
