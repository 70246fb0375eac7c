import { describe, expect, test } from "vitest";
import { defineGuard, type GuardOptions, judgeUrl } from "./guard.ts";

const judge = (url: string, options: GuardOptions = {}) => judgeUrl(new URL(url), defineGuard(options));

describe("what a URL says by itself", () => {
  test.each([
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://①②⑦.⓪.⓪.①/",
    "https://[::ffff:7f00:1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://localhost/",
    "https://localhost./",
    "https://LOCALHOST/",
    "https://x.localhost/",
    "https://printer.local/",
    "https://metadata.google.internal/",
    "https://intranet/",
    "https://intranet./",
    "https://db.internal./",
  ])("refuses %s however it is spelt", (url) => {
    expect(judge(url)).toBeDefined();
  });

  test.each([
    ["https://example.com/", {}],
    ["https://example.com:8443/", {}],
    ["http://example.com/", { schemes: ["http"] }],
    ["https://localhost/", { allowNames: ["localhost"] }],
    ["https://localhost./", { allowNames: ["localhost"] }],
    ["https://db.corp.internal/", { allowNames: ["*.internal"] }],
    ["https://10.1.2.3/", { allow: ["10.1.0.0/16"] }],
    ["https://example.com:22/", { ports: [22] }],
  ] as const)("%s passes with %j", (url, options) => {
    expect(judge(url, options)).toBeUndefined();
  });

  test.each([
    ["http://example.com/", {}, /scheme "http"/],
    ["https://example.com:22/", {}, /port 22/],
    ["https://example.com/", { ports: [8443] }, /port 443/],
    ["https://internal/", { allowNames: ["*.internal"] }, /without a dot/],
    ["https://10.2.0.1/", { allow: ["10.1.0.0/16"] }, /private use/],
  ] as const)("%s is refused with %j", (url, options, sentence) => {
    expect(judge(url, options)).toMatch(sentence);
  });
});

describe("what a guard refuses", () => {
  test.each([
    ["an unknown option", { allowed: [] }, "guard.allowed"],
    ["null", { allow: null }, "guard.allow"],
    ["a block that is none", { allow: ["10.0.0.0/33"] }, "guard.allow[0]"],
    ["a name that is none", { allowNames: ["LOCALHOST"] }, "guard.allowNames[0]"],
    ["no scheme", { schemes: [] }, "guard.schemes"],
    ["an unknown scheme", { schemes: ["ftp"] }, "guard.schemes"],
    ["no port", { ports: [] }, "guard.ports"],
    ["port 0", { ports: [0] }, "guard.ports"],
  ])("%s", (_name, options, option) => {
    expect(() => defineGuard(options as never)).toThrow(
      expect.objectContaining({ name: "ConfigurationError", option }),
    );
  });
});
