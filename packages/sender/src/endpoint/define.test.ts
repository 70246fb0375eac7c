import { standardWebhooks, tailscale } from "@countersign/core/providers";
import { describe, expect, test } from "vitest";
import { json } from "../body/json.ts";
import { template } from "../body/template.ts";
import { defineGuard } from "../transport/guard.ts";
import { defineEndpoint } from "./define.ts";
import type { EndpointOptions } from "./options.ts";

const url = "https://example.com/hooks";
const define =
  (own: object, more: object = {}) =>
  () =>
    defineEndpoint({ name: "e", url, ...own } as EndpointOptions, { guard: defineGuard(), readers: {}, ...more });
const refusing = (option: string, code?: string) =>
  expect.objectContaining({ name: "ConfigurationError", option, ...(code === undefined ? {} : { code }) });

describe("what an endpoint's definition refuses", () => {
  test.each([
    "host",
    "Host",
    "content-length",
    "Transfer-Encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "te",
    "trailer",
    "expect",
    "proxy-authorization",
  ])("the connection's header %s", (name) => {
    expect(define({ headers: { [name]: "x" } })).toThrow(refusing(`e.headers.${name}`, "reserved_header"));
    expect(define({ auth: { kind: "header", name, value: "x" } })).toThrow(refusing("e.auth.name", "reserved_header"));
  });

  test.each(["webhook-id", "Webhook-Signature", "WEBHOOK-TIMESTAMP"])("a signature's header %s", (name) => {
    const sign = { provider: standardWebhooks, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
    expect(define({ sign, headers: { [name]: "x" } })).toThrow(refusing(`e.headers.${name}`, "reserved_header"));
    expect(define({ sign, auth: { kind: "header", name, value: "x" } })).toThrow(refusing("e.auth", "reserved_header"));
  });

  test.each([
    ["a line break", "a\r\nx-evil: 1"],
    ["a newline", "a\nb"],
    ["NUL", "a\0b"],
    ["DEL", "a\x7fb"],
    ["beyond Latin-1", "日本"],
    ["a blank at its end", "zzz "],
  ])("%s in a header's value, without showing the value", (_name, value) => {
    const thrown = catching(define({ headers: { "x-a": value } }));
    expect(thrown).toMatchObject({ option: "e.headers.x-a", code: "malformed_header" });
    expect(thrown?.message).not.toContain(value);
  });

  test.each(["a b", "a:b", "", "é", "a\r\nb"])("the header name %j", (name) => {
    expect(define({ headers: { [name]: "x" } })).toThrow(expect.objectContaining({ code: "malformed_header" }));
  });

  test.each([
    ["the same header twice", { headers: { "X-A": "1", "x-a": "2" } }, "e.headers.x-a"],
    [
      "auth's header",
      { auth: { kind: "bearer", token: "t" }, headers: { authorization: "x" } },
      "e.headers.authorization",
    ],
    ["an unknown option", { retries: 3 }, "e.retries"],
    ["null for an option", { timeout: null }, "e.timeout"],
    [
      "null for an option of an option",
      { rate: { requests: 1, per: "1s" }, breaker: { minimum: null } },
      "e.breaker.minimum",
    ],
    ["null for an object", { throttle: null }, "e.throttle"],
    ["an option of another kind of auth", { auth: { kind: "bearer", token: "t", username: "u" } }, "e.auth.username"],
    ["a secret that is none", { auth: { kind: "bearer", token: null } }, "e.auth.token"],
    ["no name", { name: undefined }, "endpoint.name"],
    ["a name that is too long", { name: "x".repeat(129) }, "endpoint.name"],
    ["an unknown method", { method: "TRACE" }, "e.method"],
    ["GET with a body", { method: "GET", body: json() }, "e.method"],
    ["throttle over a body for one event", { throttle: { window: "1s" } }, "e.throttle"],
    ["throttle over a template", { body: template("{}"), throttle: { window: "1s" } }, "e.throttle"],
    ["concurrency with order", { order: "fifo", concurrency: 4 }, "e.concurrency"],
    ["a bad duration", { timeout: "soon" }, "e.timeout"],
    ["a timeout of nothing", { timeout: 0 }, "e.timeout"],
    ["a schedule that is none", { retry: 5 }, "e.retry"],
    ["an unknown status", { statuses: { "6xx": "retry" } }, "e.statuses.6xx"],
    ["an unknown meaning", { statuses: { "404": "ignore" } }, "e.statuses.404"],
    ["an unknown filter", { filter: { include: ["a"], only: ["b"] } }, "e.filter.only"],
    ["a pattern that nobody asked for", { filter: { include: ["user.*"] } }, "e.filter.include"],
    ["an unknown severity", { filter: { minSeverity: "fatal" } }, "e.filter.minSeverity"],
    ["an empty secret", { sign: { provider: tailscale, secret: "" } }, "e.sign.secret"],
    ["no secret", { sign: { provider: tailscale, secret: [] } }, "e.sign.secret"],
    ["a provider that is none", { sign: { provider: "tailscale", secret: "x" } }, "e.sign.provider"],
    ["a certificate without its key", { tls: { cert: "x" } }, "e.tls.key"],
    ["a certificate that is none", { tls: { ca: "x", cert: "x", key: "x" } }, "e.tls"],
    ["a colon in a user name", { auth: { kind: "basic", username: "a:b", password: "c" } }, "e.auth.username"],
    ["an unknown kind of auth", { auth: { kind: "digest" } }, "e.auth.kind"],
    ["ports that are none", { ports: [0] }, "e.ports"],
  ])("%s", (_name, own, option) => {
    expect(define(own)).toThrow(refusing(option));
  });

  test.each([null, undefined, 5, [], "e"])("the definition %j", (options) => {
    expect(() => defineEndpoint(options as never, { guard: defineGuard(), readers: {} })).toThrow(
      refusing("endpoint", "invalid_option"),
    );
  });
});

test.each([
  ["a signature's secret", { sign: { provider: tailscale, secret: undefined } }, "e.sign.secret"],
  ["a token", { auth: { kind: "bearer", token: undefined } }, "e.auth.token"],
  ["a header", { headers: { "x-key": undefined } }, "e.headers.x-key"],
  ["the URL", { url: undefined }, "e.url"],
])("%s that is missing asks whether the environment variable is set", (_name, own, option) => {
  expect(catching(define(own))).toMatchObject({
    option,
    message: expect.stringContaining("Is the environment variable set?"),
  });
});

test.each([
  ["white space around it", " secret-of-the-hook"],
  ["quotes around it", '"secret-of-the-hook"'],
])("a secret with %s is refused by the option's own path", (_name, secret) => {
  expect(define({ sign: { provider: tailscale, secret } })).toThrow(refusing("e.sign.secret"));
  expect(catching(define({ sign: { provider: tailscale, secret } }))?.message).toMatch(/^e\.sign\.secret /);
});

function catching(action: () => unknown): (Error & { option?: string; code?: string }) | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
