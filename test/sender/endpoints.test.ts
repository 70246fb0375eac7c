import { standardWebhooks, tailscale } from "@countersign/core/providers";
import { createSender, type EndpointOptions, json, template } from "@countersign/sender";
import { describe, expect, it } from "vitest";
import { stubTransport, testClock } from "./support.ts";

const url = "https://example.com/hooks";
const define =
  (own: object, more: object = {}) =>
  () =>
    createSender({ endpoints: [{ name: "e", url, ...own } as EndpointOptions], ...more });
const refusing = (option: string, code?: string) =>
  expect.objectContaining({ name: "ConfigurationError", option, ...(code === undefined ? {} : { code }) });

describe("what an endpoint's definition refuses", () => {
  it.each([
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

  it.each(["webhook-id", "Webhook-Signature", "WEBHOOK-TIMESTAMP"])("a signature's header %s", (name) => {
    const sign = { provider: standardWebhooks, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" };
    expect(define({ sign, headers: { [name]: "x" } })).toThrow(refusing(`e.headers.${name}`, "reserved_header"));
    expect(define({ sign, auth: { kind: "header", name, value: "x" } })).toThrow(refusing("e.auth", "reserved_header"));
  });

  it.each([
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

  it.each(["a b", "a:b", "", "é", "a\r\nb"])("the header name %j", (name) => {
    expect(define({ headers: { [name]: "x" } })).toThrow(expect.objectContaining({ code: "malformed_header" }));
  });

  it.each([
    ["the same header twice", { headers: { "X-A": "1", "x-a": "2" } }, "e.headers.x-a"],
    [
      "auth's header",
      { auth: { kind: "bearer", token: "t" }, headers: { authorization: "x" } },
      "e.headers.authorization",
    ],
    ["an unknown option", { retries: 3 }, "e.retries"],
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

  it("two endpoints of one name, an unknown option of the sender, a reserved event", async () => {
    expect(() =>
      createSender({
        endpoints: [
          { name: "a", url },
          { name: "a", url },
        ],
      }),
    ).toThrow(refusing("endpoint.name", "duplicate_endpoint"));
    expect(() => createSender({ endpoints: [], retries: 1 } as never)).toThrow(refusing("retries", "unknown_option"));
    const sender = createSender({ endpoints: [] });
    await expect(sender.send({ type: "webhook.dlq", data: 1 })).rejects.toThrow(
      refusing("event.type", "reserved_event"),
    );
    await expect(sender.send({ type: "", data: 1 })).rejects.toThrow(refusing("event.type"));
    await expect(sender.send({ type: "a", data: undefined })).rejects.toThrow(refusing("event.data"));
    await expect(sender.send({ type: "a", data: 1, severity: "fatal" as never })).rejects.toThrow(
      refusing("event.severity"),
    );
    await expect(sender.send({ type: "a", data: 1, colour: 1 } as never)).rejects.toThrow(refusing("event.colour"));
    await expect(sender.send({ type: "a", data: 1 }, { to: "nobody" })).rejects.toThrow(
      refusing("endpoint", "unknown_endpoint"),
    );
  });
});

describe("secrets by reader", () => {
  const readers = {
    env: (name: string) => (name === "TOKEN" ? "from-env" : undefined),
    file: (path: string) => (path === "/run/token" ? "from-file\n" : fail()),
  };

  it("come from where the application lets them come from", async () => {
    const clock = testClock();
    const { transport, requests } = stubTransport(clock, () => 200);
    const headers = { "x-env": { env: "TOKEN" }, "x-file": { file: "/run/token" } };
    const sender = createSender({ clock, transport, readers, endpoints: [{ name: "e", url, headers }] });
    await sender.send({ type: "t", data: 1 });
    await clock.pass(1);
    expect(requests[0]?.headers).toEqual(expect.arrayContaining(["from-env", "from-file"]));
  });

  it.each([
    ["no reader", { env: "TOKEN" }, {}, "no_reader"],
    ["no file reader", { file: "/run/token" }, { env: readers.env }, "no_reader"],
    ["a variable that is not set", { env: "OTHER" }, readers, "secret_unavailable"],
    ["a file that cannot be read", { file: "/etc/shadow" }, readers, "secret_unavailable"],
  ])("%s is an error", (_name, token, given, code) => {
    expect(define({ auth: { kind: "bearer", token } }, { readers: given })).toThrow(refusing("e.auth.token", code));
  });
});

describe("filters", () => {
  const accepts = async (filter: object, type: string, severity = "info") => {
    const sender = createSender({ endpoints: [{ name: "e", url, filter, enabled: false }] });
    return (await sender.send({ type, severity: severity as never, data: {} })).placements.length === 1;
  };

  it.each([
    [{ include: ["a.b"] }, "a.b", true],
    [{ include: ["a.b"] }, "a.bc", false],
    [{ exclude: ["a.b"] }, "a.b", false],
    [{ include: ["a.*"], patterns: true }, "a.b.c", true],
    [{ include: ["*.b"], patterns: true }, "a.c", false],
    [{ include: ["a*b*c"], patterns: true }, "a-b-c", true],
    [{ include: ["a*a"], patterns: true }, "a", false],
    [{ include: ["*"], exclude: ["a.*"], patterns: true }, "a.b", false],
    [{ where: (event: { type: string }) => event.type === "x" }, "x", true],
    [
      {
        where: () => {
          throw new Error("no");
        },
      },
      "x",
      false,
    ],
  ])("%j on %s: %s", async (filter, type, expected) => {
    expect(await accepts(filter, type)).toBe(expected);
  });

  it("severity is an ordered scale", async () => {
    const order = ["info", "warn", "error", "critical"];
    for (const [least, minSeverity] of order.entries()) {
      for (const [index, severity] of order.entries())
        expect(await accepts({ minSeverity }, "t", severity)).toBe(index >= least);
    }
  });

  it("no pattern takes long", async () => {
    const started = performance.now();
    await accepts({ include: [`${"*a".repeat(120)}b`], patterns: true }, "a".repeat(250));
    expect(performance.now() - started).toBeLessThan(200);
  });
});

function fail(): never {
  throw new Error("ENOENT: /etc/shadow holds a secret");
}

function catching(action: () => unknown): (Error & { option?: string; code?: string }) | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}
