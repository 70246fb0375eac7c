import { createHmac } from "node:crypto";
import {
  body as bodyPart,
  ConfigurationError,
  createVerifier,
  defineProvider,
  hmac,
  parseDuration,
  WebhookError,
} from "@countersign/core";
import { isProof } from "@countersign/core/scheme";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { genuine, message, NOW, subjects } from "./genuine.ts";

const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary", maxLength: 100 }),
  fc.constantFrom("", " ", ",", "=", "__proto__"),
);

/** What stands in signature headers, and what nearly does. */
const piece = fc.oneof(
  fc.constantFrom(
    "t=",
    "v1=",
    "v0=",
    "v1,",
    "v1a,",
    "sha256=",
    "ts=",
    "h1=",
    ";",
    ",",
    " ",
    "=",
    ".",
    "Bearer ",
    "\t",
    "\0",
  ),
  fc.constantFrom(String(NOW / 1000), String(NOW), "1e9", "-1", "2026-07-14T03:33:20Z"),
  fc.constantFrom("0".repeat(64), "f".repeat(40), `${"A".repeat(43)}=`, `${"A".repeat(27)}=`, "0".repeat(128)),
  text,
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")) },
  { weight: 1, arbitrary: fc.array(text, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.anything() },
  { weight: 1, arbitrary: fc.nat(200_000).map((length) => "a,".repeat(length)) },
);
const body = fc.oneof(fc.uint8Array(), text, fc.anything());
const EXTRA = ["content-length", "content-encoding", "content-type", "x-hook-secret", "x-contentful-signed-headers"];

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
    return undefined;
  } catch (error) {
    return error;
  }
}

const method = fc.oneof({ weight: 3, arbitrary: fc.constant("POST") }, fc.constant("GET"), text);

describe.each(subjects)("$name, whatever comes", (subject) => {
  const { provider, verifying } = subject;
  const verifiers = (["raw", undefined, "form"] as const).map((payload) =>
    createVerifier(provider, {
      secret: verifying,
      clock: () => NOW,
      encoding: "inflated",
      ...(payload && { payload }),
    }),
  );
  const { scheme } = provider;
  const own = isProof(scheme)
    ? scheme.headers
    : [scheme.signature.header, scheme.timestamp?.header, scheme.id?.header]
        .flat()
        .filter((name) => name !== undefined);
  const names = [...own, ...own.map((name) => name.toUpperCase()), ...EXTRA];
  const record = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.constantFrom(...own), text), value, {
    maxKeys: 8,
  });
  const url = fc.oneof(
    text,
    fc.webUrl({ withQueryParameters: true }),
    fc.constant("/?hub.mode=subscribe&hub.challenge=%00"),
  );

  test("is refused with a WebhookError and nothing else", async () => {
    await fc.assert(
      fc.asyncProperty(record, body, method, url, async (headers, content, verb, at) => {
        for (const verifier of verifiers) {
          const error = await outcome(() =>
            verifier.verify({ headers, body: content, method: verb, url: at } as never),
          );
          expect(error).toBeInstanceOf(WebhookError);
        }
      }),
      { numRuns: 80 },
    );
  });

  test("also when it was genuine before it was garbled", async () => {
    await fc.assert(
      fc.asyncProperty(message, fc.constantFrom(...names), value, fc.boolean(), async (said, name, garbled, whole) => {
        const request = await genuine(subject, said);
        const before = request.headers[name];
        const after = whole || typeof garbled !== "string" || before === undefined ? garbled : before + garbled;
        for (const verifier of verifiers) {
          const error = await outcome(() =>
            verifier.verify({ ...request, headers: { ...request.headers, [name]: after } } as never),
          );
          if (error !== undefined) expect(error).toBeInstanceOf(WebhookError);
        }
      }),
      { numRuns: 80 },
    );
  });
});

test("verify() of anything at all is a WebhookError or says what to give", async () => {
  const { provider, verifying } = subjects[0] as (typeof subjects)[0];
  const verifier = createVerifier(provider, { secret: verifying });
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (request) => {
      const error = await outcome(() => verifier.verify(request as never));
      expect(error instanceof WebhookError || error instanceof ConfigurationError).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("createVerifier() with any options throws nothing but a ConfigurationError", () => {
  const options = fc.dictionary(
    fc.constantFrom(
      ..."secret tolerance skew limit payload schema encoding publicUrl replay onDuplicate key status settle timeout clock handshake".split(
        " ",
      ),
    ),
    fc.anything(),
    { maxKeys: 4 },
  );
  const { provider } = subjects[0] as (typeof subjects)[0];
  fc.assert(
    fc.property(options, fc.boolean(), (given, withSecret) => {
      try {
        createVerifier(provider, { ...given, ...(withSecret && { secret: "a" }) } as never);
      } catch (error) {
        expect(error).toBeInstanceOf(ConfigurationError);
      }
    }),
    { numRuns: 500 },
  );
});

test("parseDuration of anything is a number of milliseconds or a ConfigurationError", () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.anything(), fc.string(), fc.stringMatching(/^[0-9.]{0,6}(ns|us|ms|s|m|h)?[0-9.]{0,3}(s|m)?$/)),
      (given) => {
        try {
          const milliseconds = parseDuration(given as never, "x");
          expect(milliseconds >= 0 && Number.isFinite(milliseconds)).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigurationError);
        }
      },
    ),
    { numRuns: 500 },
  );
});

describe("payloads", () => {
  const lossless = defineProvider({
    name: "lossless",
    docs: "https://example.com",
    scheme: hmac({ digest: "sha256", encoding: "hex", signature: { header: "x-s" }, content: [bodyPart] }),
    losslessIntegers: true,
  });
  const json = createVerifier(lossless, { secret: "a" });
  const form = createVerifier(lossless, { secret: "a", payload: "form" });
  const signed = (content: string | Uint8Array) => ({
    headers: { "x-s": createHmac("sha256", "a").update(content).digest("hex") },
    body: content,
  });

  /** JSON text and what it means, with long integers and with text that looks like them, escaped at random. */
  const escaped = (said: string) =>
    fc.array(fc.boolean(), { minLength: said.length, maxLength: said.length }).map((which) => {
      const units = [...Array(said.length).keys()].map((i) =>
        which[i] ? `\\u${said.charCodeAt(i).toString(16).padStart(4, "0")}` : JSON.stringify(said[i]).slice(1, -1),
      );
      return { text: `"${units.join("")}"`, value: said as unknown };
    });
  const hostileText = fc.oneof(fc.string(), fc.stringMatching(/^[#"\\{}[\]:,0-9u]{0,30}$/)).chain(escaped);
  const integer = fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map((number) => ({
    text: String(number),
    value: (number >= -(2n ** 53n) + 1n && number <= 2n ** 53n - 1n ? Number(number) : number) as unknown,
  }));
  const decimal = fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => ({
    text: JSON.stringify(number).replace(/^(-?\d{16,})$/, "$1.0"),
    value: JSON.parse(JSON.stringify(number)) as unknown,
  }));
  const literal = fc.constantFrom(
    ...["true", "false", "null", "[]", "{}"].map((said) => ({ text: said, value: JSON.parse(said) as unknown })),
  );
  const { tree } = fc.letrec<{ tree: { text: string; value: unknown } }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.oneof(integer, hostileText, decimal, literal),
      fc.array(tie("tree"), { maxLength: 5 }).map((items) => ({
        text: `[${items.map((item) => item.text).join(" , ")}]`,
        value: items.map((item) => item.value),
      })),
      fc.array(fc.tuple(hostileText, tie("tree")), { maxLength: 5 }).map((fields) => ({
        text: `{${fields.map(([name, item]) => `${name.text} : ${item.text}`).join(",\n")}}`,
        value: Object.fromEntries(fields.map(([name, item]) => [name.value, item.value])),
      })),
    ),
  }));

  test("JSON means what JSON.parse says, but for integers that a double cannot hold", async () => {
    await fc.assert(
      fc.asyncProperty(tree, async ({ text: said, value: meant }) => {
        expect((await json.verify(signed(said))).payload).toEqual(meant);
      }),
      { numRuns: 500 },
    );
  });

  test("any JSON value comes back", async () => {
    const asNumbers = (value: unknown) =>
      JSON.stringify(value, (_, item: unknown) => (typeof item === "bigint" ? Number(item) : item));
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (said) => {
        const written = JSON.stringify(said);
        expect(asNumbers((await json.verify(signed(written))).payload)).toBe(asNumbers(JSON.parse(written)));
      }),
      { numRuns: 200 },
    );
  });

  test("any other genuine bytes are malformed, not an error of ours", async () => {
    const garbage = fc.oneof(
      fc.uint8Array(),
      text,
      tree.map(({ text: said }) => said.slice(0, -1)),
    );
    await fc.assert(
      fc.asyncProperty(garbage, async (said) => {
        for (const verifier of [json, form]) {
          const error = await outcome(() => verifier.verify(signed(said)));
          if (error !== undefined)
            expect(error).toMatchObject({ name: "WebhookError", code: expect.stringMatching(/^malformed_/) });
        }
      }),
      { numRuns: 300 },
    );
  });

  test("a form means what URLSearchParams says", async () => {
    const wellFormed = fc.string({ unit: "grapheme" });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(wellFormed, wellFormed), { maxLength: 6 }), async (pairs) => {
        const written = new URLSearchParams(pairs).toString();
        const { payload } = await form.verify(signed(written));
        const meant = new URLSearchParams(written);
        expect(Object.keys(payload).sort()).toEqual([...new Set(meant.keys())].sort());
        for (const name of Object.keys(payload)) expect([payload[name]].flat()).toEqual(meant.getAll(name));
      }),
      { numRuns: 200 },
    );
  });
});
