import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { fakeClock } from "../testing/clock.ts";
import { freshFor } from "./freshness.ts";
import { jwks, type KeyResponse, type KeySourceError, type KeySourceOptions, keyList, pem } from "./index.ts";

const URL_OF_KEYS = "https://keys.example.com/jwks.json?tenant=1";
const HEAD = { method: "POST", url: "/", headers: {} };
const pair = (curve = "P-256") => generateKeyPairSync("ec", { namedCurve: curve }).publicKey;
const jwkOf = (kid?: string, more: object = {}) => ({ ...pair().export({ format: "jwk" }), kid, ...more });
const A = jwkOf("a");
const B = jwkOf("b");
const setOf = (...keys: unknown[]) => JSON.stringify({ keys });

/** A source whose answers are in the test's hand, and a look-up that is given to it. */
function source(first: string | (() => Promise<KeyResponse>), options: KeySourceOptions = {}) {
  const clock = fakeClock(1_000_000);
  const asked: string[] = [];
  const failures: KeySourceError[] = [];
  const state = { answer: first, headers: {} as Record<string, string>, status: 200 };
  const find = jwks(URL_OF_KEYS, {
    clock,
    fetch: async (url) => {
      asked.push(url);
      const { answer, headers, status } = state;
      return typeof answer === "function" ? answer() : new Response(answer, { status, headers });
    },
    onFailure: (error) => failures.push(error),
    ...options,
  });
  const get = (keyId?: string, algorithm?: string) =>
    find(HEAD, undefined, {
      ...(keyId === undefined ? {} : { keyId }),
      ...(algorithm === undefined ? {} : { algorithm }),
    });
  return { clock, asked, failures, state, get };
}
const kidOf = (found: unknown) => (typeof found === "string" ? JSON.parse(found).kid : found);
const down = () => Promise.reject(new Error("connection refused"));

describe("a source that answers", () => {
  test("is asked once, and a hit is there at once: the same text each time", async () => {
    const { get, asked } = source(setOf(A, B));
    const first = await get("a");
    expect(kidOf(first)).toBe("a");
    expect(get("a")).toBe(first);
    expect(kidOf(get("b"))).toBe("b");
    expect(asked).toEqual([URL_OF_KEYS]);
  });

  test("a hundred requests wait for one fetch", async () => {
    const { get, asked } = source(setOf(A));
    const found = await Promise.all(Array.from({ length: 100 }, () => get("a")));
    expect(new Set(found).size).toBe(1);
    expect(asked).toHaveLength(1);
  });

  test("without a kid, all that fit are tried", async () => {
    const { get } = source(setOf(A, B, jwkOf(undefined, { alg: "ES256" })));
    expect(await get()).toHaveLength(3);
    expect(await get(undefined, "ES384")).toBeNull();
  });

  test("rotation: a new kid asks once, and the old key serves on", async () => {
    const { get, asked, state } = source(setOf(A));
    await get("a");
    state.answer = setOf(A, B);
    expect(kidOf(await get("b"))).toBe("b");
    expect(kidOf(get("a"))).toBe("a");
    expect(asked).toHaveLength(2);
    state.answer = setOf(B);
    expect(await get("c")).toBeNull();
    expect(await get("a")).toBeNull(); // Taken back.
    expect(kidOf(get("b"))).toBe("b");
  });

  test("when it is no longer fresh, old keys serve while it is asked; much later, the answer is waited for", async () => {
    const { get, asked, clock, state } = source(setOf(A));
    state.headers = { "cache-control": "public, max-age=300" };
    await get("a");
    clock.advance(299_000);
    get("a");
    expect(asked).toHaveLength(1);
    state.answer = setOf(B);
    clock.advance(2_000);
    expect(kidOf(get("a"))).toBe("a"); // At once, by the old set.
    expect(kidOf(get("a"))).toBe("a");
    await clock.advanceAsync(1);
    expect(asked).toHaveLength(2);
    expect(kidOf(get("b"))).toBe("b");
    state.answer = setOf(A);
    clock.advance(601_000);
    expect(get("b")).toBeInstanceOf(Promise);
    expect(await get("b")).toBeNull();
    expect(kidOf(get("a"))).toBe("a");
  });

  test("two keys of one kid: the one that fits, or both", async () => {
    const ecdsa = jwkOf("a", { alg: "ES256" });
    const p384 = { ...pair("P-384").export({ format: "jwk" }), kid: "a" };
    const { get } = source(setOf(ecdsa, p384, ecdsa));
    expect(await get("a")).toHaveLength(2);
    expect(JSON.parse((get("a", "ES384") as string[])[0] as string).crv).toBe("P-384");
    expect(JSON.parse((get("a", "ecdsa-p256-sha256") as string[])[0] as string).crv).toBe("P-256");
  });
});

describe("attacks", () => {
  test("a flood of kids that do not exist causes four fetches in thirty seconds, and a known kid waits for none", async () => {
    const { get, asked, clock } = source(setOf(A));
    await get("a");
    for (let i = 0; i < 10_000; i++) {
      expect(await get(`made-up-${i}`)).toBeNull();
      expect(kidOf(get("a"))).toBe("a");
    }
    expect(asked).toHaveLength(4);
    clock.advance(30_000);
    for (let i = 0; i < 1_000; i++) await get(`again-${i}`);
    expect(asked).toHaveLength(5);
  });

  test("during a flood a key that is new is there within thirty seconds", async () => {
    const { get, clock, state } = source(setOf(A));
    for (let i = 0; i < 100; i++) await get(`made-up-${i}`);
    state.answer = setOf(A, B);
    expect(await get("b")).toBeNull();
    clock.advance(30_000);
    expect(await get("made-up")).toBeNull();
    expect(kidOf(get("b"))).toBe("b");
  });

  test("one kid that does not exist is asked for once a minute", async () => {
    const { get, asked, clock } = source(setOf(A));
    for (let second = 0; second < 59; second++) {
      expect(await get("gone")).toBeNull();
      clock.advance(1_000);
    }
    expect(asked).toHaveLength(2); // Cold, and to look again.
    clock.advance(2_000);
    await get("gone");
    expect(asked).toHaveLength(3);
  });

  test.each([
    "../../evil",
    "https://evil.example/jwks.json",
    "?x=1#",
    "a\r\nhost: evil",
    "__proto__",
    "constructor",
    "' or 1=1 --",
    "x".repeat(100_000),
  ])("a kid is a name, never a part of the address: %j", async (kid) => {
    const { get, asked } = source(setOf(A));
    await get("a");
    expect(await get(kid)).toBeNull();
    expect(new Set(asked)).toEqual(new Set([URL_OF_KEYS]));
  });

  test("HMAC with a public key: no algorithm of shared secrets finds any, and nobody is asked", () => {
    const { get, asked } = source(setOf(A));
    for (const algorithm of ["HS256", "none", "None", "", "__proto__", "dir", "hmac-sha256"]) {
      expect(get("a", algorithm)).toBeNull();
    }
    expect(asked).toEqual([]);
  });

  test("a kid of a key for another algorithm is not asked for again", async () => {
    const { get, asked } = source(setOf(A));
    await get("a");
    for (let i = 0; i < 10; i++) expect(get("a", "RS256")).toBeNull();
    expect(asked).toHaveLength(1);
  });
});

describe("a source that fails", () => {
  test("with nothing held: an error, never null, and a pause between two tries", async () => {
    const { get, asked, clock, failures } = source(down);
    await expect(get("a")).rejects.toThrow(
      "The keys of https://keys.example.com/jwks.json cannot be had: it could not be asked.",
    );
    for (let i = 0; i < 1_000; i++) expect(() => get("a")).toThrow(/cannot be had/);
    expect(asked).toHaveLength(1);
    clock.advance(1_000);
    await expect(get("a")).rejects.toThrow(/cannot be had/);
    clock.advance(1_000);
    expect(() => get("a")).toThrow(/cannot be had/);
    expect(asked).toHaveLength(2);
    expect(failures).toHaveLength(2);
  });

  test("it is found again when it is back", async () => {
    const { get, clock, state } = source(down);
    await expect(get("a")).rejects.toThrow();
    state.answer = setOf(A);
    clock.advance(1_000);
    expect(kidOf(await get("a"))).toBe("a");
  });

  test("old keys serve for as long as they are kept, and no longer; a new kid is 503, not 401", async () => {
    const { get, clock, state, asked } = source(setOf(A), { keep: "3h" });
    await get("a");
    state.answer = down;
    for (let minute = 1; minute < 179; minute++) {
      clock.advance(60_000);
      expect(kidOf(await get("a"))).toBe("a");
    }
    await expect((async () => get("b"))()).rejects.toThrow(/cannot be had/);
    const before = asked.length;
    expect(before).toBeLessThan(250);
    clock.advance(120_000);
    await expect((async () => get("a"))()).rejects.toThrow(/cannot be had/);
  });

  test("an answer without a usable key counts as a failure: the old ones serve on", async () => {
    const { get, clock, state, failures } = source(setOf(A));
    await get("a");
    state.answer = setOf({ kty: "oct", k: "c2VjcmV0", kid: "a" });
    clock.advance(1_300_000);
    expect(kidOf(await get("a"))).toBe("a");
    expect(failures[0]?.message).toMatch(/no key that can be used: one is a shared secret/);
  });

  test("one that never answers is given up, and the next request asks anew", async () => {
    const { get, clock, state, asked } = source(() => new Promise(() => {}), { timeout: "2s" });
    const waiting = expect(get("a")).rejects.toThrow("it did not answer within 2000 ms");
    await clock.advanceAsync(2_000);
    await waiting;
    state.answer = setOf(A);
    clock.advance(1_000);
    expect(kidOf(await get("a"))).toBe("a");
    expect(asked).toHaveLength(2);
  });

  test("a fetch that a runtime ended with the request that began it is not waited for for ever", async () => {
    const clock = { ...fakeClock(0), setTimeout: () => 0 }; // Its timers are gone with it.
    const time = fakeClock(0);
    let answer: () => Promise<KeyResponse> = () => new Promise(() => {});
    const find = jwks(URL_OF_KEYS, {
      clock: { ...clock, now: time.now, monotonic: () => time.now() },
      fetch: () => answer(),
    });
    void find(HEAD, undefined, { keyId: "a" });
    answer = async () => new Response(setOf(A));
    time.advance(10_001);
    expect(kidOf(await find(HEAD, undefined, { keyId: "a" }))).toBe("a");
  });

  const streamed = (chunks: number, headers = {}) =>
    new Response(
      new ReadableStream({
        pull(controller) {
          if (chunks-- === 0) controller.close();
          else controller.enqueue(new Uint8Array(65_536).fill(32));
        },
      }),
      { headers },
    );
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "a redirect",
      async () => new Response(null, { status: 302, headers: { location: "https://evil.example/" } }),
      /redirects/,
    ],
    ["an opaque redirect", async () => ({ status: 0, headers: new Headers(), body: null }), /redirects/],
    ["404", async () => new Response("no", { status: 404 }), /answered 404/],
    ["500 with a set", async () => new Response(setOf(A), { status: 500 }), /answered 500/],
    ["204", async () => new Response(null, { status: 204 }), /answered 204/],
    ["nothing", async () => new Response(null), /without a body/],
    ["HTML", async () => new Response("<!doctype html>"), /no JSON/],
    ["null", async () => new Response("null"), /no JWK Set/],
    ["a list", async () => new Response("[]"), /no JWK Set/],
    ["keys that are no list", async () => new Response('{"keys":{"length":1}}'), /no JWK Set/],
    ["no keys", async () => new Response('{"keys":[]}'), /lists no key/],
    [
      "deep JSON",
      async () => new Response(`{"keys":${"[".repeat(100_000)}${"]".repeat(100_000)}}`),
      /no key that can be used/,
    ],
    ["300 keys", async () => new Response(setOf(...Array(300).fill(A))), /more than 256/],
    ["a byte too much", async () => streamed(5), /longer than 262144 bytes/],
    ["endless bytes", async () => streamed(-1), /longer than 262144 bytes/],
    [
      "a broken body",
      async () => new Response(new ReadableStream({ pull: () => Promise.reject(new Error("reset")) })),
      /could not be asked/,
    ],
    ["bytes that are no UTF-8", async () => new Response(new Uint8Array([0xff, 0xfe])), /could not be asked/],
    [
      "a fetch that throws",
      () => {
        throw new Error("no network");
      },
      /could not be asked/,
    ],
  ])("it answers %s", async (_, answer, message) => {
    const { get } = source(answer as () => Promise<KeyResponse>);
    await expect(get("a")).rejects.toThrow(message);
    await expect((async () => get("a"))()).rejects.toThrow(message);
  });
});

const rsa = (bits: number, more: object = {}) => ({
  ...generateKeyPairSync("rsa", { modulusLength: bits }).publicKey.export({ format: "jwk" }),
  kid: "x",
  ...more,
});
test.each<[string, unknown]>([
  ["a shared secret", { kty: "oct", k: "c2VjcmV0", kid: "x" }],
  [
    "a private key",
    { ...generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }), kid: "x" },
  ],
  ["RSA of 1024 bits", rsa(1024)],
  ["a key to encrypt", jwkOf("x", { use: "enc" })],
  ["a key to sign", jwkOf("x", { key_ops: ["sign"] })],
  ["a key for RSA-OAEP", rsa(2048, { alg: "RSA-OAEP-256" })],
  ["an EC key for RS256", jwkOf("x", { alg: "RS256" })],
  ["a key for HS256", jwkOf("x", { alg: "HS256" })],
  ["a list as alg", jwkOf("x", { alg: ["ES256"] })],
  ["a number as kid", jwkOf("x", { kid: 1 })],
  ["P-521", { ...pair("P-521").export({ format: "jwk" }), kid: "x" }],
  ["a point of nowhere", jwkOf("x", { y: A.x })],
  ["null", null],
  ["text", "x"],
  ["a list", [A]],
])("%s in a set is left out, and the others serve", async (_, key) => {
  const { get } = source(setOf(key, A));
  expect(await get("x")).toBeNull();
  expect(kidOf(await get("a"))).toBe("a");
});

test("what is handed on has the public members only", async () => {
  const { get } = source(
    setOf({ ...A, use: "sig", key_ops: ["verify"], x5u: "https://evil.example", jku: "y", extra: {} }),
  );
  const text = (await get("a")) as string;
  expect(Object.keys(JSON.parse(text)).sort()).toEqual(["crv", "kid", "kty", "use", "x", "y"]);
});

test.each([
  [null, null, 600_000],
  ["max-age=300", null, 300_000],
  ["public, MAX-AGE=300, must-revalidate", "100", 200_000],
  ['max-age="300"', null, 300_000],
  ["max-age=1", null, 60_000],
  ["max-age=0", null, 60_000],
  ["no-store", null, 60_000],
  ["no-cache, max-age=900", null, 60_000],
  ["max-age=300", "900", 60_000],
  ["max-age=99999999999999999999", null, 600_000],
  ["max-age=-1", null, 600_000],
  ["max-age=9999999999", null, 3_600_000],
  ["s-maxage=300", null, 600_000],
])("Cache-Control %j and Age %j", (cacheControl, age, expected) => {
  expect(freshFor(cacheControl, age, 3_600_000)).toBe(expected);
});

describe("a wrong set-up", () => {
  test.each([
    ["not a url", /whole URL/],
    ["http://keys.example.com/", /https/],
    ["ftp://keys.example.com/", /https/],
    ["file:///etc/passwd", /https/],
    ["data:application/json,{}", /https/],
    ["http://127.0.0.1:8080/", /allowLoopback/],
    ["http://localhost.evil.example/", /https/],
    ["http://127.0.0.1.evil.example/", /https/],
    ["https://user:pass@example.com/", /password/],
    ["https://example.com/#x", /"#"/],
    [undefined as never, /whole URL/],
  ])("%s", (url, message) => {
    expect(() => jwks(url)).toThrow(ConfigurationError);
    expect(() => jwks(url)).toThrow(message);
  });

  test("an option that is none, or out of range", () => {
    const wrong: [object, string][] = [
      [{ cache: "1h" }, "cache"],
      [{ maxAge: "10s" }, "maxAge"],
      [{ timeout: "2m" }, "timeout"],
      [{ limit: 0 }, "limit"],
      [{ keep: "1000h" }, "keep"],
      [{ fetch: "fetch" }, "fetch"],
      [{ headers: { a: "b\r\nc" } }, "headers"],
      [{ allowLoopback: "yes" }, "allowLoopback"],
      [{ onFailure: null }, "onFailure"],
    ];
    for (const [options, option] of wrong) {
      expect(() => jwks("https://example.com/", options)).toThrow(expect.objectContaining({ option }));
    }
    expect(() => keyList("https://example.com/", undefined as never)).toThrow(/read must be a function/);
    expect(jwks("http://localhost:1/", { allowLoopback: true })).toBeTypeOf("function");
    expect(jwks("http://[::1]:1/", { allowLoopback: true })).toBeTypeOf("function");
  });
});

describe("a list of keys", () => {
  const key = pair().export({ format: "pem", type: "spki" }) as string;
  const read = (text: string) => JSON.parse(text).list;
  const listed = (list: unknown) =>
    keyList("https://example.com/keys", read, { fetch: async () => new Response(JSON.stringify({ list })) });

  test("is read as its vendor writes it", async () => {
    const find = listed([{ id: "1", key }, { id: "2", key: "broken" }, { key: "" }, null]);
    expect(await find(HEAD, undefined, { keyId: "1" })).toBe(key.trim());
    expect(await find(HEAD, undefined, { keyId: "2" })).toBeNull();
    expect(await find(HEAD, undefined)).toBe(key.trim());
  });

  test("one that cannot be read is a failure of the source", async () => {
    await expect(listed(undefined)(HEAD, undefined)).rejects.toThrow(/read gave no list/);
    await expect(listed([])(HEAD, undefined)).rejects.toThrow(/lists no key/);
    await expect(listed([{ id: 1, key }])(HEAD, undefined)).rejects.toThrow(/an id that is no text/);
  });
});

describe("pem", () => {
  const one = pair().export({ format: "pem", type: "spki" }) as string;
  const two = pair().export({ format: "pem", type: "spki" }) as string;

  test("takes a file as it is, an env file's line breaks, and several keys", () => {
    expect(pem(one)(HEAD, undefined)).toBe(one.trim());
    expect(pem(one.replaceAll("\n", "\\n"))(HEAD, undefined)).toBe(one.trim());
    expect(pem(one + two)(HEAD, undefined)).toEqual([one.trim(), two.trim()]);
    expect(pem(one)(HEAD, undefined)).toBe(pem(one)(HEAD, undefined));
  });

  test("refuses what is no public key when it is built", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const weak = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey;
    expect(() => pem("")).toThrow(/missing or empty/);
    expect(() => pem(undefined as never)).toThrow(/missing or empty/);
    expect(() => pem("hello")).toThrow(/no PEM/);
    expect(() => pem(privateKey.export({ format: "pem", type: "pkcs8" }) as string)).toThrow(/^text is a private key/);
    expect(() => pem(weak.export({ format: "pem", type: "spki" }) as string)).toThrow(/1024 bits/);
  });
});
