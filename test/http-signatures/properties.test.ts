import { createVerifier, defineProvider, sign, WebhookError } from "@countersign/core";
import { fakeClock } from "@countersign/core/testing";
import {
  Fault,
  httpSignature,
  readAcceptSignature,
  signatureBaseOf,
  verifyMessage,
  wantedDigests,
} from "@countersign/http-signatures";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type KeyPair, keys, publicJwk } from "./rfc9421.ts";

const NOW = 1_784_000_000;
const NAME = "test-key-ed25519";
const PRIVATE = JSON.stringify((keys[NAME] as KeyPair).jwk);
const provider = defineProvider({
  name: "acme",
  docs: "https://example.com",
  methods: ["POST", "PUT", "PATCH", "DELETE"],
  payload: "raw",
  emptyBody: true,
  scheme: httpSignature({
    algorithms: ["ed25519"],
    sign: { components: ["content-type", "x-one", 'x-dict;key="a"', "x-two;bs"], expires: "5m" },
  }),
});
const verifier = createVerifier(provider, { secret: publicJwk(NAME), clock: fakeClock(NOW * 1000) });

interface Request {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const visible = fc.string({ unit: fc.constantFrom(..."abcXYZ019-._~!$&'()*+,;=:@%\"\\ "), maxLength: 20 });
const inUrl = fc.string({ unit: fc.constantFrom(..."abcXYZ019-._~!$'()*+,;=:@"), maxLength: 12 });
const unsigned: fc.Arbitrary<Request> = fc.record({
  method: fc.constantFrom("POST", "PUT", "PATCH", "DELETE"),
  url: fc
    .tuple(
      fc.constantFrom("hooks.example.com", "a.b:8443", "[2001:db8::1]"),
      inUrl,
      fc.option(inUrl, { nil: undefined }),
    )
    .map(([host, path, query]) => `https://${host}/${path}${query === undefined ? "" : `?${query}`}`),
  headers: fc.record({
    "content-type": fc.constantFrom("application/json", "text/plain; charset=utf-8"),
    "x-one": visible,
    "x-two": fc.string({ unit: "binary-ascii", maxLength: 10 }).map((text) => text.replace(/[\r\n\0]/g, "")),
    "x-dict": fc.constantFrom("a=1", 'b, a="x,;a=2";q=1.5', "a=(1 2);x, c=?0"),
  }),
  body: fc.uint8Array({ maxLength: 64 }),
});

const signed = unsigned.map((message) => async (): Promise<Request> => {
  const headers = await sign(provider, { ...message, secret: PRIVATE, timestamp: NOW });
  return { ...message, headers: { ...message.headers, ...headers } };
});

const codeOf = async (request: Request): Promise<string> => {
  const result = await verifier.verify(request).catch((error: unknown) => error);
  // What a scheme throws is answered so.
  if (result instanceof WebhookError && result.code === "misconfigured") throw result.cause ?? result;
  if (result instanceof WebhookError) return result.code;
  if (result instanceof Error) throw result;
  return "accepted";
};

describe("whatever is signed", () => {
  test("is accepted", () =>
    fc.assert(
      fc.asyncProperty(signed, async (make) => {
        expect(await codeOf(await make())).toBe("accepted");
      }),
    ));

  test("is refused with one character changed that is covered", () =>
    fc.assert(
      fc.asyncProperty(
        signed,
        fc.nat(),
        fc.constantFrom(...'aZ0-/=?&;"x'),
        fc.nat({ max: 8 }),
        async (make, at, other, part) => {
          const request = await make();
          const changed = change(request, part, at, other);
          fc.pre(changed !== undefined);
          expect(await codeOf(changed as Request)).not.toBe("accepted");
        },
      ),
      { numRuns: 150 },
    ));
});

const PARTS = ["content-type", "x-one", "x-two", "content-digest", "signature-input"];

/** The request with one character of one covered part replaced; `undefined` where that changes nothing that is said. */
function change(request: Request, part: number, at: number, other: string): Request | undefined {
  const swap = (text: string) => {
    if (text === "") return undefined;
    const index = at % text.length;
    return text[index] === other ? undefined : text.slice(0, index) + other + text.slice(index + 1);
  };
  const { url, headers, body, method } = request;
  if (part === 5) {
    const path = swap(url.slice(url.indexOf("/", 8)));
    // An empty query is none.
    return path === undefined || !path.startsWith("/") || path.endsWith("?") || url.endsWith("?")
      ? undefined
      : { ...request, url: url.slice(0, url.indexOf("/", 8)) + path };
  }
  if (part === 6) return { ...request, method: method === "POST" ? "PUT" : "POST" };
  if (part === 7) {
    if (body.length === 0) return { ...request, body: Buffer.from(other) };
    const bytes = Uint8Array.from(body);
    bytes[at % bytes.length] = (bytes[at % bytes.length] as number) ^ 1;
    return { ...request, body: bytes };
  }
  const name = part === 8 ? "signature" : (PARTS[part] as string);
  const value = swap(headers[name] ?? "");
  if (part === 8 && value !== undefined && sameBytes(value, headers.signature as string)) return undefined;
  // Blanks around a value are no part of it.
  return value === undefined || value.trim() === headers[name]?.trim()
    ? undefined
    : { ...request, headers: { ...headers, [name]: value } };
}

/** Base64 leaves a few bits open at its end. */
function sameBytes(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => /^sig1=:([A-Za-z0-9+/=]*):$/.exec(text)?.[1]);
  return a !== undefined && Buffer.from(a, "base64").equals(Buffer.from(b as string, "base64"));
}

const piece = fc.oneof(
  fc.constantFrom(
    "sig1",
    "=",
    "(",
    ")",
    '"@method"',
    '"@query-param"',
    ";name=",
    ";sf",
    ";bs",
    ";key=",
    ";req",
    ";tr",
    ",",
    " ",
    ";",
    ":",
    ":AAAA:",
  ),
  fc.constantFrom(
    ";created=",
    String(NOW),
    ";expires=",
    ";nonce=",
    ";alg=",
    ";keyid=",
    '"',
    "\\",
    "?1",
    "@1",
    '%"%f0"',
    "1.0",
    "-0",
    "*",
    "__proto__",
  ),
  fc.constantFrom("sha-256=", "sha-512=:", "\t", "\r\n ", "\n", "\0", "é", "\ud800", "("),
  fc.string(),
);
const hostile = fc.oneof(
  { weight: 8, arbitrary: fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join("")) },
  { weight: 1, arbitrary: fc.array(fc.string(), { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.anything() },
  { weight: 1, arbitrary: fc.nat(50_000).map((length) => 'a=("'.repeat(length)) },
);
const NAMES = ["signature", "signature-input", "content-digest", "accept-signature", "want-content-digest", "x-one"];

test("whatever strangers send is refused, and nothing throws", () =>
  fc.assert(
    fc.asyncProperty(
      signed,
      fc.record(Object.fromEntries(NAMES.map((name) => [name, hostile])), { requiredKeys: [] }),
      hostile,
      async (make, given, url) => {
        const request = await make();
        const headers = { ...request.headers, ...(given as Record<string, string>) };
        if (Object.keys(given).some((name) => name === "signature" || name === "signature-input"))
          expect(await codeOf({ ...request, headers })).not.toBe("accepted");
        else await codeOf({ ...request, headers });
        for (const one of [request.url, String(url)]) {
          const message = { method: "POST", url: one, headers };
          const found = await verifyMessage(message, { secret: publicJwk(NAME), now: NOW * 1000, body: request.body });
          expect(found).toBeTypeOf("object");
          expect(["string", "object"]).toContain(typeof signatureBaseOf(message, "sig1"));
          if (!(readAcceptSignature(message) instanceof Fault))
            expect(readAcceptSignature(message)).toBeInstanceOf(Array);
          if (!(wantedDigests(message) instanceof Fault)) expect(wantedDigests(message)).toBeInstanceOf(Array);
        }
      },
    ),
    { numRuns: 100 },
  ));
