import { createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { ed25519 } from "../kind/ed25519.ts";
import { hmac } from "../kind/hmac.ts";
import { token } from "../kind/token.ts";
import { createVerifier } from "../verifier.ts";
import { body, form, header, id, listedHeaders, method, path, pathAs, timestamp, url, urlAs } from "./content.ts";
import { defineProvider } from "./define-provider.ts";
import type { MacScheme } from "./scheme.ts";
import { pathOf } from "./signed-content.ts";

const BASE = { digest: "sha256", encoding: "hex", signature: { header: "x-signature" }, content: [body] } as const;
const define = (scheme: object) =>
  defineProvider({
    name: "own",
    docs: "https://example.com",
    scheme: hmac({ ...BASE, ...scheme } as never),
    payload: "raw",
  });

describe("a scheme that cannot work is refused when it is defined", () => {
  test.each<[string, object, string]>([
    ["a digest that nobody has", { digest: "md5" }, "digest"],
    ["a digest of the prototype", { digest: "constructor" }, "digest"],
    ["an encoding that nobody reads", { encoding: "base32" }, "encoding"],
    ["a secret format that nobody reads", { secret: "base32" }, "secret"],
    ["no signature", { signature: undefined }, "signature.header"],
    ["no header", { signature: { header: [] } }, "signature.header"],
    ["a header that cannot be", { signature: { header: "x signature" } }, "signature.header"],
    ["an empty header", { signature: { header: "" } }, "signature.header"],
    ["a separator that nobody writes", { signature: { header: "x", list: ";" } }, "signature.list"],
    ["a layout without a signature", { signature: { header: "x", layout: "v1=" } }, "signature.layout"],
    [
      "a unit that nobody writes",
      { timestamp: { header: "x-t", unit: "min", tolerance: "5m" }, content: [timestamp, body] },
      "timestamp.unit",
    ],
    [
      "a time header that cannot be",
      { timestamp: { header: "x\n", unit: "s", tolerance: "5m" }, content: [timestamp, body] },
      "timestamp.header",
    ],
    ["an id header that cannot be", { id: { header: "" }, content: [id, body] }, "id.header"],
    ["no content", { content: [] }, "content"],
    ["content that is no list", { content: "body" }, "content"],
    [
      "content without the body",
      { timestamp: { header: "x-t", unit: "s", tolerance: "5m" }, content: [timestamp] },
      "content",
    ],
    ["the body twice", { content: [body, body] }, "content"],
    ["the body as itself and as a form", { content: [body, form] }, "content"],
    ["text that is not one byte a character", { content: ["€", body] }, "content"],
    ["a signed header that cannot be", { content: [header("a b"), body] }, "content"],
    ["a time that is not signed", { timestamp: { header: "x-t", unit: "s", tolerance: "5m" } }, "content"],
    [
      "a time in two places",
      {
        signature: { header: "x", layout: "t={timestamp},v1={signature}" },
        timestamp: { header: "x-t", unit: "s", tolerance: "5m" },
        content: [timestamp, body],
      },
      "timestamp",
    ],
    ["a time nowhere", { timestamp: { unit: "s", tolerance: "5m" }, content: [timestamp, body] }, "timestamp"],
    ["an id that is not signed", { id: { header: "x-id" } }, "id"],
    ["an id without a header", { content: [id, body] }, "id"],
  ])("%s", (_, scheme, option) => {
    expect(() => define(scheme)).toThrow(ConfigurationError);
    expect(() => define(scheme)).toThrow(expect.objectContaining({ option }));
  });

  test("and so is a provider without one, or with a bad name or no methods", () => {
    const row = { name: "own", docs: "https://example.com", scheme: hmac(BASE) };
    for (const wrong of [
      { scheme: undefined },
      { scheme: {} },
      { name: "" },
      { name: "Own" },
      { name: "__proto__" },
      { methods: [] },
    ]) {
      expect(() => defineProvider({ ...row, ...wrong } as never)).toThrow(ConfigurationError);
    }
    expect(() => defineProvider({ ...row, scheme: token({ header: "a b" }) })).toThrow(/name of a header/);
    expect(() => defineProvider({ ...row, scheme: ed25519({ ...BASE, publicKey: "xml" } as never) })).toThrow(
      /publicKey/,
    );
  });

  test("and what is defined is frozen", () => {
    const provider = define({});
    expect(Object.isFrozen(provider)).toBe(true);
    expect(Object.isFrozen(provider.scheme)).toBe(true);
  });
});

describe("what is signed", () => {
  const time = { header: "X-Time", unit: "s", tolerance: "5m" } as const;
  const head = {
    method: "POST",
    url: "https://example.com/a%20b/c?x=1&y=%2F#z",
    headers: {
      "x-time": "1784000000",
      "x-id": "id-1",
      "x-other": "caf\u00e9",
      "x-list": "b-two,a-one,x-list",
      "a-one": "1",
      "b-two": " 2 ",
    },
  };

  test.each<[string, Partial<MacScheme>, string]>([
    ["the body", {}, "{}"],
    ["the body between text", { content: ["<", body, ">"] }, "<{}>"],
    ["time", { timestamp: time, content: [timestamp, ".", body] }, "1784000000.{}"],
    [
      "id and time",
      { timestamp: time, id: { header: "X-Id" }, content: [id, ".", timestamp, ".", body] },
      "id-1.1784000000.{}",
    ],
    [
      "method, URL, time behind the body",
      { timestamp: time, content: [method, url, "\n", body, timestamp] },
      "POSThttps://example.com/a%20b/c?x=1&y=%2F#z\n{}1784000000",
    ],
    ["path and query", { content: [path, "\n", body] }, "/a%20b/c?x=1&y=%2F#z\n{}"],
    [
      "transformed",
      { content: [urlAs((text) => text.toUpperCase()), pathAs((text) => String(text.length)), ":", body] },
      "HTTPS://EXAMPLE.COM/A%20B/C?X=1&Y=%2F#Z20:{}",
    ],
    ["a header, byte for byte", { content: [header("X-Other"), body] }, "caf\u00e9{}"],
    [
      "listed headers",
      { content: [listedHeaders("X-List", ["a-one"]), body] },
      "a-one:1;b-two:2;x-list:a-one,b-two,x-list{}",
    ],
  ])("%s", async (_, scheme, content) => {
    const verifier = createVerifier(define(scheme), { secret: "secret", clock: () => 1_784_000_000_000 });
    const signature = createHmac("sha256", "secret").update(Buffer.from(content, "latin1")).digest("hex");
    const delivery = await verifier.verify({
      ...head,
      headers: { ...head.headers, "x-signature": signature },
      body: "{}",
    });
    expect(delivery.text()).toBe("{}");
  });

  test.each<[string, Partial<MacScheme>, object, string]>([
    [
      "an absent header",
      { content: [header("x-other"), body] },
      { headers: { "x-other": undefined } },
      "missing_signature",
    ],
    [
      "a header that stands twice",
      { content: [header("x-other"), body] },
      { headers: { "x-other": ["a", "b"] } },
      "malformed_signature",
    ],
    [
      "a header that no header can hold",
      { content: [header("x-other"), body] },
      { headers: { "x-other": "\u0100" } },
      "malformed_signature",
    ],
    [
      "a URL that no request line can hold",
      { content: [url, body] },
      { url: "https://example.com/\u0100" },
      "malformed_signature",
    ],
    ["a path in place of a URL", { content: [url, body] }, { url: "/hooks" }, "misconfigured"],
    [
      "an id with a separator",
      { id: { header: "x-id" }, content: [id, ".", body] },
      { headers: { "x-id": "a.b" } },
      "malformed_signature",
    ],
    [
      "an id with the first character of its separator",
      { id: { header: "x-id" }, content: [id, "--", body] },
      { headers: { "x-id": "a-" } },
      "malformed_signature",
    ],
    [
      "an empty id",
      { id: { header: "x-id" }, content: [id, body] },
      { headers: { "x-id": "" } },
      "malformed_signature",
    ],
    [
      "an id with a control character",
      { id: { header: "x-id" }, content: [id, ".", body] },
      { headers: { "x-id": "a\u0000b" } },
      "malformed_signature",
    ],
    [
      "no time",
      { timestamp: time, content: [timestamp, body] },
      { headers: { "x-time": undefined } },
      "missing_signature",
    ],
    [
      "two times",
      { timestamp: time, content: [timestamp, body] },
      { headers: { "x-time": ["1784000000", "1784000000"] } },
      "malformed_signature",
    ],
  ])("is refused with %s", async (_, scheme, change: { headers?: object }, code) => {
    const verifier = createVerifier(define(scheme), { secret: "secret", clock: () => 1_784_000_000_000 });
    const headers = { ...head.headers, "x-signature": "0".repeat(64), ...change.headers };
    await expect(verifier.verify({ ...head, ...change, headers, body: "{}" })).rejects.toMatchObject({ code });
  });
});

describe("several headers that may each hold a signature", () => {
  const box = define({ signature: { header: ["x-primary", "x-secondary"] } });
  const verifier = createVerifier(box, { secret: ["a", "b"] });
  const mac = (secret: string) => createHmac("sha256", secret).update("{}").digest("hex");
  const verify = (headers: Record<string, string>) => verifier.verify({ headers, body: "{}" });

  test("any match passes", async () => {
    expect(await verify({ "x-primary": mac("a"), "x-secondary": mac("z") })).toMatchObject({ secretIndex: 0 });
    expect(await verify({ "x-primary": mac("z"), "x-secondary": mac("b") })).toMatchObject({ secretIndex: 1 });
    expect(await verify({ "x-primary": mac("b") })).toMatchObject({ secretIndex: 1 });
  });

  test("but not without the first, nor beside one that is none", async () => {
    await expect(verify({ "x-secondary": mac("b") })).rejects.toMatchObject({ code: "missing_signature" });
    await expect(verify({ "x-primary": mac("a"), "x-secondary": "?" })).rejects.toMatchObject({
      code: "malformed_signature",
    });
  });
});

test.each([
  ["https://example.com/a?b=c", "/a?b=c"],
  ["https://example.com", "/"],
  ["/a?u=http://x/y", "/a?u=http://x/y"],
  ["*", "/"],
  ["", "/"],
])("the path of %j is %j", (text, expected) => expect(pathOf(text)).toBe(expected));

test.each([
  "",
  "{timestamp}",
  "{signature}{signature}",
  "{signature}x",
  "t={timestamp},v1={signature},x=1",
  "t={timestamp}v1={signature}",
  "t={timestamp}|v1={signature}",
  "{timestamp},{signature}",
  "t={timestamp},v1={signature}{timestamp}",
])("the layout %j is refused when it is defined", (layout) => {
  const scheme = {
    signature: { header: "x", layout },
    content: [timestamp, body],
    timestamp: { unit: "s", tolerance: "5m" },
  };
  expect(() => define(scheme)).toThrow(expect.objectContaining({ option: "signature.layout" }));
});
