import { createHmac, generateKeyPairSync, sign as signBytes } from "node:crypto";
import { deflateSync, gzipSync } from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { ConfigurationError, type WebhookError, webhookErrorCodes } from "./errors/errors.ts";
import type { WebhookRequest } from "./http/plain.ts";
import { hmac } from "./kind/hmac.ts";
import {
  aperture,
  discord,
  github,
  hubspot,
  linear,
  meta,
  slack,
  square,
  stalwart,
  stripe,
  twilio,
  zoom,
} from "./providers/index.ts";
import type { VerifierOptions } from "./receive/options.ts";
import { memoryReplayStore } from "./replay/memory.ts";
import { body, path } from "./scheme/content.ts";
import { defineProvider } from "./scheme/define-provider.ts";
import type { Provider } from "./scheme/provider.ts";
import { sign } from "./sign/sign.ts";
import { fakeClock } from "./testing/index.ts";
import { createVerifier } from "./verifier.ts";

const NOW = 1_784_000_000_000;
const SECRET = "s3cr3t-do-not-tell";
const mac = (content: string | Uint8Array, secret = SECRET, digest = "sha256") =>
  createHmac(digest, secret).update(content);

const github256 = (content: string | Uint8Array, secret = SECRET) => ({
  method: "POST",
  headers: { "x-hub-signature-256": `sha256=${mac(content, secret).digest("hex")}` } as Record<string, string>,
  body: content,
});
const stripeAt = (seconds: number | string, content = "{}") => ({
  method: "POST",
  headers: { "stripe-signature": `t=${seconds},v1=${mac(`${seconds}.${content}`).digest("hex")}` },
  body: content,
});

async function refusal(provider: Provider<any>, options: object, request: unknown): Promise<WebhookError> {
  const onReject = vi.fn();
  const verifier = createVerifier(provider, {
    secret: SECRET,
    clock: () => NOW,
    onReject,
    ...options,
  } as VerifierOptions);
  const error = await verifier.verify(request as WebhookRequest).then(
    () => undefined,
    (thrown: WebhookError) => thrown,
  );
  expect(error).toMatchObject({ name: "WebhookError", provider: provider.name });
  expect(error?.message).not.toContain(SECRET);
  if (error?.code !== "handshake") expect(onReject).toHaveBeenCalledExactlyOnceWith(error, request, undefined);
  return error as WebhookError;
}

describe("each kind of bad traffic has a code", () => {
  const good = github256('{"a":1}');
  const invalidUtf8 = Uint8Array.of(0x22, 0xff, 0x22);
  const schema = {
    "~standard": {
      version: 1 as const,
      vendor: "x",
      validate: () => ({ issues: [{ message: "wrong", path: ["a", { key: 0 }] }] }),
    },
  };

  test.each<[string, string, Provider<any>, object, object]>([
    ["method_not_allowed", "another method", github, {}, { ...good, method: "GET" }],
    ["method_not_allowed", "a method in lower case", github, {}, { ...good, method: "post" }],
    ["missing_signature", "no header", github, {}, { ...good, headers: {} }],
    ["missing_signature", "no credential", aperture(), {}, { ...good, headers: {} }],
    [
      "malformed_signature",
      "another algorithm",
      github,
      {},
      { ...good, headers: { "x-hub-signature-256": `sha1=${"0".repeat(40)}` } },
    ],
    ["malformed_signature", "two headers", github, {}, { ...good, headers: { "x-hub-signature-256": ["a", "b"] } }],
    [
      "malformed_signature",
      "another credential scheme",
      aperture(),
      {},
      { ...good, headers: { authorization: `Basic ${SECRET}` } },
    ],
    ["malformed_signature", "an empty credential", aperture(), {}, { ...good, headers: { authorization: "Bearer " } }],
    [
      "malformed_signature",
      "a credential of a megabyte",
      aperture(),
      {},
      { ...good, headers: { authorization: `Bearer ${"a".repeat(1_000_000)}` } },
    ],
    [
      "malformed_signature",
      "two credentials",
      aperture(),
      {},
      {
        ...good,
        headers: { authorization: "Bearer a" },
        rawHeaders: ["Authorization", "Bearer a", "authorization", "Bearer b"],
      },
    ],
    ["timestamp_too_old", "a time that is past", stripe, {}, stripeAt(NOW / 1000 - 301)],
    ["timestamp_in_future", "a time to come", stripe, {}, stripeAt(NOW / 1000 + 301)],
    ["signature_mismatch", "another secret", github, {}, github256("{}", "another")],
    ["signature_mismatch", "another body", github, {}, { ...good, body: '{"a":2}' }],
    ["credential_mismatch", "another token", aperture(), {}, { ...good, headers: { authorization: "Bearer another" } }],
    [
      "credential_mismatch",
      "a token that is longer",
      aperture(),
      {},
      { ...good, headers: { authorization: `Bearer ${SECRET}x` } },
    ],
    ["unknown_sender", "a lookup that knows nobody", github, { secret: () => null }, good],
    ["secret_unavailable", "a lookup that throws", github, { secret: fail }, good],
    ["secret_unavailable", "a lookup that rejects", github, { secret: async () => fail() }, good],
    ["secret_unavailable", "a lookup that finds nothing", github, { secret: () => undefined }, good],
    ["secret_unavailable", "a lookup that finds an empty secret", github, { secret: async () => "" }, good],
    ["secret_unavailable", "a lookup that finds junk", github, { secret: () => 5 }, good],
    [
      "secret_unavailable",
      "a lookup that finds no base64",
      discord,
      { secret: () => "junk", clock: () => NOW },
      {
        method: "POST",
        headers: { "x-signature-ed25519": "0".repeat(128), "x-signature-timestamp": String(NOW / 1000) },
        body: "",
      },
    ],
    ["body_too_large", "a large body", github, { limit: 6 }, good],
    [
      "body_too_large",
      "a body that says it is large",
      github,
      { limit: 6 },
      { ...good, headers: { ...good.headers, "content-length": "7" } },
    ],
    [
      "body_too_large",
      "a body that is large inside",
      github,
      { limit: 1000, encoding: "compressed" },
      encoded("gzip", gzipSync("0".repeat(1001))),
    ],
    ["unsupported_encoding", "a compressed body", github, {}, encoded("gzip", gzipSync("{}"))],
    [
      "unsupported_encoding",
      "an encoding that nobody has",
      github,
      { encoding: "compressed" },
      encoded("br", gzipSync("{}")),
    ],
    [
      "unsupported_encoding",
      "two encodings",
      github,
      { encoding: "compressed" },
      encoded("gzip, gzip", gzipSync("{}")),
    ],
    [
      "body_incomplete",
      "a length that is none",
      github,
      {},
      { ...good, headers: { ...good.headers, "content-length": "x" } },
    ],
    ["malformed_encoding", "broken gzip", github, { encoding: "compressed" }, encoded("gzip", Buffer.from("{}"))],
    ["malformed_text", "no UTF-8", github, {}, github256(invalidUtf8)],
    ["malformed_payload", "no JSON", github, {}, github256("{")],
    ["malformed_payload", "nothing", github, {}, github256("")],
    ["malformed_payload", "a byte order mark", github, {}, github256("\ufeff{}")],
    [
      "malformed_payload",
      "JSON of another shape",
      stalwart,
      {},
      { method: "POST", headers: { "x-signature": mac("[]").digest("base64") }, body: "[]" },
    ],
    ["malformed_payload", "a form with a broken escape", github, { payload: "form" }, github256("a=%")],
    [
      "malformed_payload",
      "no time where one is checked",
      linear,
      {},
      { method: "POST", headers: { "linear-signature": mac("{}").digest("hex") }, body: "{}" },
    ],
    ["invalid_payload", "a payload against its schema", github, { schema }, good],
    [
      "invalid_payload",
      "a schema that throws",
      github,
      { schema: { "~standard": { version: 1, vendor: "x", validate: fail } } },
      good,
    ],
    [
      "invalid_payload",
      "a schema that rejects",
      github,
      { schema: { "~standard": { version: 1, vendor: "x", validate: async () => fail() } } },
      good,
    ],
    [
      "missing_key",
      "no key where there must be one",
      github,
      { replay: memoryReplayStore(), key: { missing: "refuse" } },
      good,
    ],
    ["store_unavailable", "a full store", github, { replay: { ...memoryReplayStore(), claim: () => "full" } }, good],
    ["body_consumed", "a body that was parsed", github, {}, { ...good, body: { a: 1 } }],
    [
      "misconfigured",
      "a URL that nobody knows",
      square,
      {},
      { ...good, url: "/hooks", headers: { "x-square-hmacsha256-signature": mac("").digest("base64") } },
    ],
    ["handshake", "a set-up request", slack, {}, challenge()],
  ])("%s: %s", async (code, _, provider, options, request) => {
    expect(await refusal(provider, options, request)).toMatchObject({ code });
  });

  test("the sentence names what is wrong, without values of the payload", async () => {
    expect((await refusal(github, { schema }, good)).message).toMatch(/a\.0: wrong/);
    expect((await refusal(github, {}, github256('{"password":"hunter2"'))).message).not.toMatch(/hunter2/);
  });

  test("a cause is handed on", async () => {
    expect((await refusal(github, { secret: fail }, good)).cause).toMatchObject({ message: "not today" });
  });
});

describe("verify() with a request that is none", () => {
  const verifier = createVerifier(github, { secret: SECRET });
  const good = github256("{}");

  test.each([
    ["nothing", undefined, "request"],
    ["null", null, "request"],
    ["text", "{}", "request"],
    ["no headers", { ...good, headers: undefined }, "headers"],
    ["null for headers", { ...good, headers: null }, "headers"],
    ["text for headers", { ...good, headers: "x: y" }, "headers"],
    ["a list of headers", { ...good, headers: [["x", "y"]] }, "headers"],
    ["a method that is no text", { ...good, method: 5 }, "method"],
    ["a URL object", { ...good, url: new URL("http://x") }, "url"],
  ])("says so: %s", async (_, request, option) => {
    const work = verifier.verify(request as never);
    await expect(work).rejects.toBeInstanceOf(ConfigurationError);
    await expect(work).rejects.toMatchObject({ option });
  });

  test.each([
    ["undefined", undefined],
    ["null", null],
    ["a parsed object", { a: 1 }],
    ["a parsed list", []],
    ["a number", 0],
    ["true", true],
    ["a stream", new Blob(["{}"]).stream()],
    ["a Request", new Request("http://x", { method: "POST", body: "{}" })],
    ["a function", () => "{}"],
  ])("says that the body is gone: %s", async (_, given) => {
    await expect(verifier.verify({ ...good, body: given as never })).rejects.toMatchObject({
      code: "body_consumed",
      status: 500,
      message: expect.stringMatching(/Give the bytes|Read its bytes/),
    });
  });

  test("but a forged head is refused first, whatever the body", async () => {
    await expect(verifier.verify({ headers: {}, body: { a: 1 } as never })).rejects.toMatchObject({
      code: "missing_signature",
    });
  });

  test.each([
    ["text", "{}"],
    ["bytes", new TextEncoder().encode("{}")],
    ["a Buffer", Buffer.from("{}")],
    ["an ArrayBuffer", new TextEncoder().encode("{}").buffer],
    ["a DataView", new DataView(new TextEncoder().encode("[{}]").buffer, 1, 2)],
  ])("takes %s", async (_, given) => {
    expect((await verifier.verify({ ...good, body: given as never })).text()).toBe("{}");
  });

  test("takes headers of any form", async () => {
    const [[name, value]] = Object.entries(good.headers) as [[string, string]];
    for (const headers of [new Headers(good.headers), { [name.toUpperCase()]: value }, { [name]: [value] }]) {
      expect((await verifier.verify({ headers, body: "{}" })).payload).toEqual({});
    }
  });
});

describe("a delivery", () => {
  test("says what was proven", async () => {
    const verifier = createVerifier(stripe, { secret: ["older", SECRET], clock: () => NOW });
    const delivery = await verifier.verify(stripeAt(NOW / 1000, '{"id":"evt_1"}'));
    expect(delivery).toMatchObject({
      provider: "stripe",
      payload: { id: "evt_1" },
      secretIndex: 1,
      duplicate: false,
      claimed: false,
    });
    expect(delivery.timestamp?.getTime()).toBe(NOW);
    expect(delivery.id).toBeUndefined();
    expect(delivery.key).toBeUndefined();
    expect(await Promise.all([delivery.commit(), delivery.release(), delivery.extend()])).toEqual([true, true, true]);
  });

  test("has no time where none is signed, and bytes where the payload is raw", async () => {
    const raw = Uint8Array.of(255, 0);
    const delivery = await createVerifier(github, { secret: SECRET, payload: "raw" }).verify(github256(raw));
    expect(delivery.timestamp).toBeUndefined();
    expect(delivery.payload).toEqual(raw);
    expect(() => delivery.text()).toThrow(expect.objectContaining({ code: "malformed_text" }));
  });

  test.each([
    ["https://example.com/in", undefined, "https://example.com/in"],
    ["http://127.0.0.1:3000/in", "https://example.com", "https://example.com/in"],
    ["/in", "https://example.com/app/", "https://example.com/app/in"],
    ["/x", () => "https://example.com/told", "https://example.com/told"],
  ])("of %s with publicUrl %s is of %s", async (url, publicUrl, signed) => {
    const verifier = createVerifier(square, { secret: SECRET, ...(publicUrl === undefined ? {} : { publicUrl }) });
    const headers = { "x-square-hmacsha256-signature": mac(`${signed}{}`).digest("base64") };
    expect((await verifier.verify({ method: "POST", url, headers, body: "{}" })).text()).toBe("{}");
  });

  test.each([
    ["/in?a=b", "https://example.com/in?a=b"],
    ["/in", "https://example.com/in?a=b"],
    ["/in", () => "https://example.com/in?a=b"],
  ] as const)("of %s with an exactUrl is of that", async (url, exactUrl) => {
    const headers = { "x-square-hmacsha256-signature": mac("https://example.com/in?a=b{}").digest("base64") };
    const verifier = createVerifier(square, { secret: SECRET, exactUrl });
    expect((await verifier.verify({ method: "POST", url, headers, body: "{}" })).text()).toBe("{}");
  });

  test.each([square, hubspot])("of $name: a body whose start moved into the query is refused", async (provider) => {
    const body = '{"a":1}';
    const url = "https://example.com/in";
    const clock = { now: () => 1_784_000_000_000 };
    const headers = await sign(provider, { secret: SECRET, url: `${url}?`, body, timestamp: new Date(clock.now()) });
    const moved = { method: "POST", headers, url: `${url}?{"a":`, body: "1}" };
    for (const publicUrl of [undefined, "https://example.com", () => moved.url]) {
      const verifier = createVerifier(provider, {
        secret: SECRET,
        clock,
        payload: "raw",
        ...(publicUrl && { publicUrl }),
      });
      expect(await verifier.verify(moved).catch((error) => error)).toMatchObject({
        code: "malformed_signature",
        message: expect.stringMatching(/exactUrl/),
      });
    }
  });

  test.each([
    ["throws", fail],
    ["answers nothing", () => undefined],
  ])("of a publicUrl function that %s is a refusal that says so", async (_, publicUrl) => {
    const headers = { "x-square-hmacsha256-signature": mac("").digest("base64") };
    const error = await refusal(square, { publicUrl }, { method: "POST", url: "/", headers, body: "{}" });
    expect(error).toMatchObject({ code: "misconfigured", message: expect.stringMatching(/publicUrl\(\)/) });
  });

  test("of a scheme that signs the path needs no origin", async () => {
    const provider = defineProvider({
      name: "own",
      docs: "https://example.com",
      scheme: hmac({ digest: "sha256", encoding: "hex", signature: { header: "x-s" }, content: [path, "|", body] }),
    });
    const headers = { "x-s": mac("/in?a=b|{}").digest("hex") };
    expect(
      await createVerifier(provider, { secret: SECRET }).verify({ url: "/in?a=b", headers, body: "{}" }),
    ).toBeTruthy();
  });
});

describe("Twilio's body digest", () => {
  const verifier = createVerifier(twilio, { secret: SECRET, publicUrl: "https://example.com" });
  const json = '{"a":1}';
  const digest = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862";
  const url = `/in?bodySHA256=${digest}`;
  const post = (path: string, content: string, type: string, signed = `https://example.com${path}`) => ({
    method: "POST",
    url: path,
    headers: { "x-twilio-signature": mac(signed, SECRET, "sha1").digest("base64"), "content-type": type },
    body: content,
  });
  const FORM = "application/x-www-form-urlencoded";
  const JSON_TYPE = "application/json";

  test("covers JSON", async () => {
    expect((await verifier.verify(post(url, json, JSON_TYPE))).payload).toEqual({ a: 1 });
    expect(
      (await verifier.verify(post(url.toUpperCase().replace("/IN?BODYSHA", "/in?bodySHA"), json, JSON_TYPE))).payload,
    ).toEqual({ a: 1 });
  });

  test("covers a form's fields by the signature itself", async () => {
    expect((await verifier.verify(post("/in", "a=1", FORM, "https://example.com/ina1"))).payload).toEqual({ a: "1" });
  });

  test.each([
    ["another body", url, '{"a":2}', JSON_TYPE],
    ["no digest", "/in", json, JSON_TYPE],
    ["two digests", `${url}&bodySHA256=${digest}`, json, JSON_TYPE],
    ["a digest that only its low bytes make equal", `/in?bodySHA256=%C4%B015${digest.slice(3)}`, json, JSON_TYPE],
    ["a digest in the path", `/bodySHA256=${digest}`, json, JSON_TYPE],
    ["JSON that is passed off as an empty form", url, "&&", FORM],
    ["nothing in place of JSON", url, "", JSON_TYPE],
    ["an empty form in place of JSON", url, "", FORM],
  ])("refuses %s", async (_, path, content, type) => {
    await expect(verifier.verify(post(path, content, type))).rejects.toMatchObject({ code: "signature_mismatch" });
  });

  test("is taken from the URL that is signed, not from the one that was sent", async () => {
    const fixed = createVerifier(twilio, { secret: SECRET, publicUrl: () => "https://example.com/in" });
    await expect(fixed.verify(post(url, json, JSON_TYPE, "https://example.com/in"))).rejects.toMatchObject({
      code: "signature_mismatch",
    });
  });
});

describe("content encoding", () => {
  const options = { secret: SECRET } as const;
  test.each([
    ["gzip", gzipSync("{}")],
    ["deflate", deflateSync("{}")],
    [" GZIP ", gzipSync("{}")],
  ])("%s: the signature covers the compressed bytes, or the inflated ones", async (encoding, content) => {
    const compressed = await createVerifier(github, { ...options, encoding: "compressed" }).verify(
      encoded(encoding, content),
    );
    expect(compressed).toMatchObject({ payload: {}, body: new TextEncoder().encode("{}") });
    const signed = github256("{}");
    const inflated = await createVerifier(github, { ...options, encoding: "inflated" }).verify({
      ...signed,
      headers: { ...signed.headers, "content-encoding": encoding },
      body: content,
    });
    expect(inflated).toMatchObject({ payload: {} });
  });

  test("identity and an empty one are none", async () => {
    for (const encoding of ["identity", "", " Identity "]) {
      const signed = github256("{}");
      expect(
        await createVerifier(github, options).verify({
          ...signed,
          headers: { ...signed.headers, "content-encoding": encoding },
        }),
      ).toMatchObject({ payload: {} });
    }
  });

  test("nothing is inflated before it is proven where the compressed bytes are signed", async () => {
    const forged = { ...encoded("gzip", gzipSync("{}")), body: Buffer.from("not gzip") };
    await expect(createVerifier(github, { ...options, encoding: "compressed" }).verify(forged)).rejects.toMatchObject({
      code: "signature_mismatch",
    });
  });
});

describe("the unsigned content type", () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const signed = (content: string) => ({ ...github256(content), headers: { ...github256(content).headers, ...form } });
  const verifier = createVerifier(github, { secret: SECRET });

  test("reads a form's field", async () => {
    expect((await verifier.verify(signed("payload=%7B%22a%22%3A1%7D"))).payload).toEqual({ a: 1 });
  });

  test("does not make a form of JSON that holds one", async () => {
    const body = '{"text":"&payload=%7B%22action%22%3A%22deleted%22%7D&"}';
    expect((await verifier.verify(signed(body))).payload).toEqual(JSON.parse(body));
  });

  test.each(["a=b", "payload", "payload=1&payload=2", "payload=%7B"])(
    "refuses a form without its field: %s",
    async (content) => {
      await expect(verifier.verify(signed(content))).rejects.toMatchObject({ code: "malformed_payload" });
    },
  );
});

test("a row whose own payload is raw was parsed as JSON all the same: its bytes are the payload", async () => {
  const { name: _, docs, scheme } = github;
  const parcel = defineProvider<Uint8Array>({ name: "parcel", docs, scheme, payload: "raw" });
  const request = { ...github256("no JSON"), body: "no JSON" };
  const { payload } = await createVerifier(parcel, { secret: SECRET }).verify(request);
  expect(Buffer.from(payload).toString()).toBe("no JSON");
});

describe("a window over a time in the body", () => {
  const at = (milliseconds: number) => {
    const content = JSON.stringify({ webhookTimestamp: milliseconds });
    return { method: "POST", headers: { "linear-signature": mac(content).digest("hex") }, body: content };
  };

  test.each(["json", "raw", "form"] as const)("holds whatever the payload is taken for: %s", async (payload) => {
    const verifier = createVerifier(linear, { secret: SECRET, clock: () => NOW, payload });
    expect(await verifier.verify(at(NOW - 60_000))).toBeTruthy();
    await expect(verifier.verify(at(NOW - 60_001))).rejects.toMatchObject({ code: "timestamp_too_old" });
    await expect(verifier.verify(at(NOW + 60_001))).rejects.toMatchObject({ code: "timestamp_in_future" });
    await expect(verifier.verify(at(null as never))).rejects.toMatchObject({ code: "malformed_payload" });
  });

  test("is read by a rule that may throw", async () => {
    const provider = defineProvider({ ...linear, occurredAt: fail });
    await expect(createVerifier(provider, { secret: SECRET }).verify(at(NOW))).rejects.toMatchObject({
      code: "malformed_payload",
    });
  });
});

describe("statuses", () => {
  const UNHANDLED = ["store_unavailable", "in_progress", "secret_unavailable", "body_timeout"];

  test.each(webhookErrorCodes.filter((code) => !UNHANDLED.includes(code)))("%s can answer another", async (code) => {
    const verifier = createVerifier(github, { secret: SECRET, status: { [code]: 204 } });
    const answer = await verifier.begin({ headers: {} });
    expect(answer).toMatchObject({ code: "missing_signature", status: code === "missing_signature" ? 204 : 401 });
  });

  test.each(UNHANDLED)("%s cannot be made a success: nobody has handled the webhook", async (code) => {
    const verifier = (status: object | number) => createVerifier(github, { secret: fail, status: status as never });
    expect(() => verifier({ [code]: 200 })).toThrow(expect.objectContaining({ option: `status.${code}` }));
    expect(() => verifier({ [code]: 429 })).not.toThrow();
    expect(await verifier(200).begin(github256("{}"))).toMatchObject({ code: "secret_unavailable", status: 503 });
  });

  test("503 says when to come again", async () => {
    const answer = await createVerifier(github, { secret: fail }).begin(github256("{}"));
    expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "5" }, body: undefined });
  });

  test("every refusal of a class is the same bare status", async () => {
    const verifier = createVerifier(github, { secret: SECRET });
    const answers = await Promise.all([
      verifier.begin({ headers: {} }),
      verifier.begin({ headers: { "x-hub-signature-256": "?" } }),
    ]);
    for (const answer of answers) expect(answer).toMatchObject({ status: 401, headers: undefined, body: undefined });
  });
});

describe("onReject", () => {
  test.each([
    ["throws", fail],
    ["rejects", async () => fail()],
    ["answers a thenable that throws", () => thenable(fail)],
  ])("that %s changes no answer", async (_, onReject) => {
    const verifier = createVerifier(github, { secret: SECRET, onReject });
    await expect(verifier.verify({ headers: {}, body: "" })).rejects.toMatchObject({ code: "missing_signature" });
    expect(await verifier.begin({ headers: {} })).toMatchObject({ status: 401 });
  });

  test("gets the context that the lookup got", async () => {
    const onReject = vi.fn();
    const secret = vi.fn(() => null);
    const verifier = createVerifier(github, { secret, onReject });
    const request = github256("{}");
    await verifier.verify(request, { tenant: 1 }).catch(() => {});
    expect(secret).toHaveBeenCalledExactlyOnceWith(request, { tenant: 1 });
    expect(onReject).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: "unknown_sender" }), request, {
      tenant: 1,
    });
  });
});

describe("a secret lookup", () => {
  test.each([
    ["at once", (head: { url?: string }) => (head.url === "/a" ? SECRET : null)],
    ["later", async (head: { url?: string }) => (head.url === "/a" ? ["old", SECRET] : null)],
    [
      "as a thenable",
      (head: { url?: string }) =>
        thenable((found: (secret: string | null) => void) => found(head.url === "/a" ? SECRET : null)) as never,
    ],
  ])("finds a tenant's %s", async (_, secret) => {
    const verifier = createVerifier(github, { secret });
    expect((await verifier.verify({ ...github256("{}"), url: "/a" })).payload).toEqual({});
    await expect(verifier.verify({ ...github256("{}"), url: "/b" })).rejects.toMatchObject({ code: "unknown_sender" });
  });

  test("is not asked for what the head alone refuses", async () => {
    const secret = vi.fn(() => SECRET);
    const verifier = createVerifier(stripe, { secret, clock: () => NOW });
    for (const request of [
      { headers: {}, body: "" },
      { headers: { "stripe-signature": "?" }, body: "" },
      stripeAt(NOW / 1000 - 301),
    ]) {
      await verifier.verify(request).catch(() => {});
    }
    expect(secret).not.toHaveBeenCalled();
  });
});

describe("handshakes", () => {
  test("Slack's is answered once it is proven", async () => {
    const error = await refusal(slack, {}, challenge());
    expect(error).toMatchObject({ code: "handshake", status: 200, answer: { status: 200, body: "abc" } });
    const forged = { ...challenge(), body: challenge().body.replace("abc", "abd") };
    expect(await refusal(slack, {}, forged)).toMatchObject({ code: "signature_mismatch" });
  });

  test("Slack's is answered also where the payload is handed out raw", async () => {
    expect(await refusal(slack, { payload: "raw" }, challenge())).toMatchObject({ code: "handshake" });
  });

  test("Zoom's holds a MAC under the first secret", async () => {
    const content = '{"event":"endpoint.url_validation","payload":{"plainToken":"abc"}}';
    const headers = {
      "x-zm-request-timestamp": String(NOW / 1000),
      "x-zm-signature": `v0=${mac(`v0:${NOW / 1000}:${content}`).digest("hex")}`,
    };
    const error = await refusal(zoom, {}, { method: "POST", headers, body: content });
    expect(JSON.parse(error.answer?.body ?? "")).toEqual({
      plainToken: "abc",
      encryptedToken: mac("abc").digest("hex"),
    });
  });

  test.each(["verify me", "größer", "x".repeat(300)])("Meta's token is compared whole: %s", async (handshake) => {
    const verifier = createVerifier(meta, { secret: SECRET, handshake });
    const ask = (token: string) =>
      verifier.begin({
        method: "GET",
        url: `/?${new URLSearchParams({ "hub.mode": "subscribe", "hub.challenge": "5", "hub.verify_token": token })}`,
        headers: {},
      });
    expect(await ask(handshake)).toMatchObject({ status: 200, body: "5" });
    expect(await ask(`${handshake}x`)).toEqual({ status: 403 });
    const lowByte = String.fromCharCode(handshake.charCodeAt(0) + 256) + handshake.slice(1);
    expect(await ask(lowByte)).toMatchObject({ status: 403 });
  });

  test.each([
    ["throws", fail],
    ["rejects", async () => fail()],
  ])("a rule that %s is a refusal", async (_, rule) => {
    const open = createVerifier(defineProvider({ ...meta, handshake: { method: "GET", open: rule } }), {
      secret: SECRET,
    });
    expect(await open.begin({ method: "GET", headers: {} })).toMatchObject({ code: "secret_unavailable" });
    const proven = createVerifier(defineProvider({ ...github, handshake: { proven: rule } }), { secret: SECRET });
    await expect(proven.verify(github256("{}"))).rejects.toMatchObject({ code: "malformed_payload" });
  });
});

describe("Ed25519", () => {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const secret = Buffer.from(publicKey.export({ format: "jwk" }).x as string, "base64url").toString("hex");
  const other = Buffer.alloc(32, 9).toString("hex");
  const request = (content: string) => ({
    method: "POST",
    headers: {
      "x-signature-timestamp": String(NOW / 1000),
      "x-signature-ed25519": signBytes(null, Buffer.from(`${NOW / 1000}${content}`), privateKey).toString("hex"),
    },
    body: content,
  });

  test("is verified under any of several keys", async () => {
    const verifier = createVerifier(discord, { secret: [other, secret], clock: () => NOW });
    expect(await verifier.verify(request('{"type":2,"id":"1"}'))).toMatchObject({ secretIndex: 1 });
  });

  test("is refused under another, or over another body", async () => {
    await expect(
      createVerifier(discord, { secret: other, clock: () => NOW }).verify(request("{}")),
    ).rejects.toMatchObject({ code: "signature_mismatch" });
    await expect(
      createVerifier(discord, { secret, clock: () => NOW }).verify({ ...request("{}"), body: "{ }" }),
    ).rejects.toMatchObject({ code: "signature_mismatch" });
  });
});

test("an old fixture is tested with the clock, and grows old with it", async () => {
  const clock = fakeClock(NOW);
  const verifier = createVerifier(stripe, { secret: SECRET, clock });
  expect(await verifier.verify(stripeAt(NOW / 1000))).toBeTruthy();
  clock.advance(300_000);
  expect(await verifier.verify(stripeAt(NOW / 1000))).toBeTruthy();
  clock.advance(1);
  await expect(verifier.verify(stripeAt(NOW / 1000))).rejects.toMatchObject({ code: "timestamp_too_old" });
});

function fail(): never {
  throw new Error("not today");
}

/** A promise of another library. */
function thenable(then: unknown): object {
  return { then };
}

function encoded(encoding: string, content: Uint8Array) {
  const signed = github256(content);
  return { ...signed, headers: { ...signed.headers, "content-encoding": encoding } };
}

function challenge() {
  const content = '{"type":"url_verification","challenge":"abc"}';
  const headers = {
    "x-slack-request-timestamp": String(NOW / 1000),
    "x-slack-signature": `v0=${mac(`v0:${NOW / 1000}:${content}`).digest("hex")}`,
  };
  return { method: "POST", headers, body: content };
}

describe("several secrets from a lookup, of which one cannot be right", () => {
  const lines: string[] = [];
  const log = { warn: (_: object, line: string) => void lines.push(line), error: () => {} };

  test("it is passed over and told of; the others verify", async () => {
    lines.length = 0;
    const verifier = createVerifier(github, { secret: () => [` ${SECRET}`, SECRET], log });
    const delivery = await verifier.verify(github256("{}"));
    expect(delivery.secretIndex).toBe(0);
    expect(lines).toEqual([expect.stringMatching(/github: a secret from the lookup was passed over: secret /)]);
    expect(lines.join()).not.toContain(SECRET);
  });

  test("none is left: 503", async () => {
    const verifier = createVerifier(github, { secret: () => [` ${SECRET}`, `"${SECRET}"`], log: false });
    await expect(verifier.verify(github256("{}"))).rejects.toMatchObject({ code: "secret_unavailable", status: 503 });
  });
});
