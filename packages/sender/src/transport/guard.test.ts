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

describe('guard: "development"', () => {
  const inDevelopment = (url: string, mode = "development") =>
    judgeUrl(new URL(url), defineGuard("development", "guard", mode));

  test.each([
    "http://localhost:3000/hooks",
    "http://127.0.0.1:8080/",
    "http://[::1]:8080/",
    "http://receiver.localhost:3000/",
    "https://localhost/",
    "https://example.com/",
  ])("lets %s through", (url) => {
    expect(inDevelopment(url)).toBeUndefined();
  });

  test.each([
    "http://10.0.0.1/",
    "http://192.168.1.5/",
    "http://169.254.169.254/",
    "http://[fd00::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://0.0.0.0:3000/",
    "http://intranet/",
    "http://db.internal/",
    "http://localhost:22/",
  ])("opens nothing else that is private: %s", (url) => {
    expect(inDevelopment(url)).toBeDefined();
  });

  test("is refused where NODE_ENV is production", () => {
    expect(() => inDevelopment("http://localhost/", "production")).toThrow(
      expect.objectContaining({
        name: "ConfigurationError",
        option: "guard",
        message: expect.stringContaining("NODE_ENV"),
      }),
    );
  });

  test.each([
    "http://localhost:3000/",
    "http://127.0.0.1:3000/",
    "https://localhost/",
    "https://[::1]/",
    "http://app.localhost/",
  ])("is named by the first error about %s, and is not on by itself", (url) => {
    expect(judge(url)).toContain('guard: "development"');
  });

  test.each(["http://example.com/", "https://10.0.0.1/", "https://intranet/"])("is not named for %s", (url) => {
    expect(judge(url)).not.toContain("development");
  });

  test("another word is no guard", () => {
    expect(() => defineGuard("production" as never)).toThrow(expect.objectContaining({ option: "guard" }));
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
