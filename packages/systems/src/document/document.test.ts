import { expect, test } from "vitest";
import { readDocument, type TextFormat } from "./document.ts";
import { isSlip, nearest } from "./nearest.ts";

const read = (text: string, format: TextFormat) => readDocument(text, () => format);

test("a value comes back as it is, without places", () => {
  const value = { a: 1 };
  expect(readDocument(value, () => "json")).toEqual({ value });
});

test.each<[TextFormat, string]>([
  ["json", '// one\n{ "a": { "b": [1, { "c": "x" },], }, /* two */ }'],
  ["yaml", "# one\na:\n  b:\n    - 1\n    - c: x\n"],
  ["toml", '# one\n[a]\nb = [1, { c = "x" }]\n'],
])("%s: the same value, and where it is", (format, text) => {
  const { value, positions } = read(text, format);
  expect(value).toEqual({ a: { b: [1, { c: "x" }] } });
  expect(positions?.find("a.b")?.key).toMatchObject(
    {
      json: { line: 2, column: 10 },
      yaml: { line: 3, column: 3 },
      toml: { line: 3, column: 1 },
    }[format],
  );
  // What is not there is told by what it would belong to.
  expect(positions?.find("a.b[7].nowhere.at.all")).toEqual(positions?.find("a.b"));
});

test.each<[string, TextFormat, string]>([
  ["a byte order mark", "json", '\uFEFF{ "a": 1 }'],
  ["a byte order mark", "yaml", "\uFEFFa: 1"],
  ["Windows' line ends", "toml", "a = 1\r\n"],
])("%s before or in %s does no harm", (_name, format, text) => {
  expect(read(text, format).value).toEqual({ a: 1 });
});

test("__proto__ is a key like any other, and changes no prototype", () => {
  const { value } = read('{ "__proto__": { "admin": true } }', "json");
  expect(Object.keys(value as object)).toEqual(["__proto__"]);
  expect((value as { admin?: boolean }).admin).toBeUndefined();
});

test.each<[string, TextFormat, string]>([
  ["nothing", "json", "  \n"],
  ["a key twice", "json", '{ "a": 1, "a": 2 }'],
  ["a key twice", "toml", "a = 1\na = 2\n"],
  ["two documents", "yaml", "a: 1\n---\nb: 2\n"],
  ["a nest without end", "json", "[".repeat(200_000)],
  ["a nest without end", "yaml", "[".repeat(50_000)],
  ["a nest without end", "toml", `a = ${"[".repeat(50_000)}`],
  ["an alias of nothing", "yaml", "a: *b"],
  ["more than a megabyte", "yaml", `a: ${"x".repeat(1_048_576)}`],
])("%s in %s is refused as a mistake of the configuration", (_name, format, text) => {
  expect(() => read(text, format)).toThrow(expect.objectContaining({ name: "ConfigurationError" }));
});

test.each([
  ["auth.sucess", "auth.success"],
  ["htrottle", "throttle"],
  ["API_KEY", "apikey"],
  ["colour", undefined],
])("%s is written most like %s", (name, expected) => {
  expect(nearest(name, ["auth.success", "auth.failed", "throttle", "apikey"])).toBe(expected);
});

test("only what differs in a letter or two is a slip", () => {
  expect(["webhok", "webhooks", "Webhook"].map((name) => isSlip(name, ["webhook"]))).toEqual([true, true, true]);
  expect(["splunk_hec", "s3", "datadog", "loki"].map((name) => isSlip(name, ["webhook"]))).toEqual([
    false,
    false,
    false,
    false,
  ]);
});
