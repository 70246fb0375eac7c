import { describe, expect, test } from "vitest";
import { defineGuard } from "../transport/guard.ts";
import { checkUrl } from "./url.ts";

const check = (url: string, own: object = {}, guard: object = {}) =>
  checkUrl({ name: "e", url, ...own }, defineGuard(guard), "e");

describe("an endpoint's URL", () => {
  test.each([
    ["http://example.com/", "url_refused"],
    ["ftp://example.com/", "url_refused"],
    ["file:///etc/passwd", "url_refused"],
    ["https://example.com:22/", "url_refused"],
    ["https://example.com:25/", "url_refused"],
    ["https://user:pass@example.com/", "credentials_in_url"],
    ["https://user@example.com/", "credentials_in_url"],
    ["https://example.com/#top", "invalid_url"],
    ["/hooks", "invalid_url"],
    ["https://", "invalid_url"],
  ])("refuses %s by scheme, port or form", (url, code) => {
    expect(() => check(url)).toThrow(expect.objectContaining({ option: "e.url", code }));
  });

  test("is narrowed by the endpoint's own schemes and ports, which open nothing", () => {
    const refused = expect.objectContaining({ option: "e.url", code: "url_refused" });
    expect(() => check("https://example.com:8443/", { ports: [443] })).toThrow(refused);
    expect(() => check("https://example.com:8443/", { ports: [8443] })).not.toThrow();
    // The guard's default is no exception: port 22 is not open to an endpoint that asks for it.
    expect(() => check("https://example.com:22/", { ports: [22] })).toThrow(refused);
    expect(() => check("https://example.com:22/", { ports: [22] }, { ports: [22, 443] })).not.toThrow();
    expect(() => check("https://example.com:22/", { ports: [22] }, { ports: [443] })).toThrow(refused);
    expect(() => check("http://example.com/", { schemes: ["http"] })).toThrow(refused);
    expect(() => check("http://example.com/", { schemes: ["https"] }, { schemes: ["http", "https"] })).toThrow(refused);
  });
});
