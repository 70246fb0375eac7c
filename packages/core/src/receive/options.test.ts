import { describe, expect, test } from "vitest";
import { ConfigurationError, webhookErrorCodes } from "../errors/errors.ts";
import {
  aperture,
  asana,
  discord,
  github,
  meta,
  square,
  stalwart,
  standardWebhooks,
  stripe,
  tailscale,
} from "../providers/index.ts";
import { memoryReplayStore } from "../replay/memory.ts";
import type { ReplayOptions } from "../replay/options.ts";
import { resolveReplay } from "../replay/settings.ts";
import type { Window } from "../replay/window.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Provider } from "../scheme/provider.ts";
import { fakeClock } from "../testing/index.ts";
import { createVerifier } from "../verifier.ts";
import type { VerifierOptions } from "./options.ts";
import { resolveOptions } from "./settings.ts";

const SECRET = "s3cr3t-do-not-tell";
const store = () => memoryReplayStore();
const own: Provider<any> = defineProvider({ ...github, name: "own" });

/** What is wrong, the option that the error names, and what its message must say so that it can be mended. */
const WRONG: readonly [name: string, provider: Provider<any>, options: unknown, option: string, message: RegExp][] = [
  ["no options", stripe, undefined, "options", /second argument must be an object/],
  ["null for options", stripe, null, "options", /second argument must be an object/],
  ["no provider", undefined as never, { secret: SECRET }, "provider", /first argument must be a provider/],
  ["a provider's name", "stripe" as never, { secret: SECRET }, "provider", /first argument must be a provider/],
  [
    "an unknown option",
    stripe,
    { secret: SECRET, tolerence: "5m" },
    "tolerence",
    /no option "tolerence". Known: secret, tolerance/,
  ],
  ["no secret", stripe, {}, "secret", /missing or empty. Is the environment variable set/],
  ["an undefined secret", stripe, { secret: undefined }, "secret", /missing or empty/],
  ["a null secret", stripe, { secret: null }, "secret", /missing or empty/],
  ["an empty secret", stripe, { secret: "" }, "secret", /missing or empty/],
  ["a blank secret", stripe, { secret: " \t\n" }, "secret", /missing or empty/],
  ["no secrets", stripe, { secret: [] }, "secret", /empty list/],
  ["an empty secret in a list", stripe, { secret: [SECRET, ""] }, "secret", /missing or empty/],
  [
    "a secret that is not base64",
    standardWebhooks,
    { secret: `${SECRET}!` },
    "secret",
    /must be base64 behind an optional "whsec_"/,
  ],
  [
    "a public key of the wrong length",
    discord,
    { secret: "abcd" },
    "secret",
    /no public key: its bytes are neither the 32 of Ed25519/,
  ],
  ["a token with a line break", aperture(), { secret: `${SECRET}\n` }, "secret", /line break/],
  ["a token with a blank in it", aperture(), { secret: "a\u00a0b" }, "secret", /visible ASCII/],
  ["tolerance NaN", stripe, { secret: SECRET, tolerance: Number.NaN }, "tolerance", /must be a duration/],
  ["tolerance Infinity", stripe, { secret: SECRET, tolerance: Number.POSITIVE_INFINITY }, "tolerance", /finite/],
  ["tolerance -1", stripe, { secret: SECRET, tolerance: -1 }, "tolerance", /not negative/],
  ["tolerance 0", stripe, { secret: SECRET, tolerance: 0 }, "tolerance", /at least 1 ms/],
  ["tolerance '0'", stripe, { secret: SECRET, tolerance: "0" }, "tolerance", /at least 1 ms/],
  ["tolerance without a unit", stripe, { secret: SECRET, tolerance: "300" }, "tolerance", /"5s"/],
  ["tolerance null", stripe, { secret: SECRET, tolerance: null }, "tolerance", /tolerance is null/],
  ["tolerance false", stripe, { secret: SECRET, tolerance: false }, "tolerance", /must be a duration/],
  ["tolerance.past NaN", stripe, { secret: SECRET, tolerance: { past: Number.NaN } }, "tolerance.past", /duration/],
  ["tolerance.future 0", stripe, { secret: SECRET, tolerance: { future: 0 } }, "tolerance.future", /at least/],
  ["tolerance.past null", stripe, { secret: SECRET, tolerance: { past: null } }, "tolerance.past", /past is null/],
  ["an unknown tolerance", stripe, { secret: SECRET, tolerance: { ahead: 1 } }, "tolerance.ahead", /past, future/],
  [
    "a tolerance where no time is signed",
    github,
    { secret: SECRET, tolerance: "5m" },
    "tolerance",
    /signs no time.*replay store/,
  ],
  ["a tolerance for a token", aperture(), { secret: SECRET, tolerance: "5m" }, "tolerance", /signs no time/],
  ["skew -1", stripe, { secret: SECRET, skew: -1 }, "skew", /not negative/],
  ["skew NaN", stripe, { secret: SECRET, skew: Number.NaN }, "skew", /duration/],
  ["limit 0", stripe, { secret: SECRET, limit: 0 }, "limit", /whole number of bytes/],
  ["limit -1", stripe, { secret: SECRET, limit: -1 }, "limit", /whole number of bytes/],
  ["limit 1.5", stripe, { secret: SECRET, limit: 1.5 }, "limit", /whole number of bytes/],
  ["limit Infinity", stripe, { secret: SECRET, limit: Number.POSITIVE_INFINITY }, "limit", /whole number of bytes/],
  ["limit '1mb'", stripe, { secret: SECRET, limit: "1mb" }, "limit", /whole number of bytes/],
  ["limit null", stripe, { secret: SECRET, limit: null }, "limit", /limit is null/],
  ["payload text", stripe, { secret: SECRET, payload: "text" }, "payload", /"json", "form", "raw"/],
  ["payload from a prototype", stripe, { secret: SECRET, payload: "constructor" }, "payload", /"json"/],
  ["a schema that is none", stripe, { secret: SECRET, schema: {} }, "schema", /Standard Schema/],
  ["encoding gzip", stripe, { secret: SECRET, encoding: "gzip" }, "encoding", /"refuse", "compressed", "inflated"/],
  [
    "publicUrl without a scheme",
    stripe,
    { secret: SECRET, publicUrl: "example.com" },
    "publicUrl",
    /"https:\/\/example.com"/,
  ],
  ["publicUrl with a query", stripe, { secret: SECRET, publicUrl: "https://example.com/?a=b" }, "publicUrl", /origin/],
  ["publicUrl of another scheme", stripe, { secret: SECRET, publicUrl: "ftp://example.com" }, "publicUrl", /http/],
  ["publicUrl as a URL", stripe, { secret: SECRET, publicUrl: new URL("https://example.com") }, "publicUrl", /origin/],
  ["exactUrl without a scheme", square, { secret: SECRET, exactUrl: "example.com/a" }, "exactUrl", /whole/],
  ["exactUrl with a fragment", square, { secret: SECRET, exactUrl: "https://example.com/#a" }, "exactUrl", /whole/],
  [
    "exactUrl beside publicUrl",
    square,
    { secret: SECRET, exactUrl: "https://example.com/a", publicUrl: "https://example.com" },
    "exactUrl",
    /leave publicUrl out/,
  ],
  ["replay true", stripe, { secret: SECRET, replay: true }, "replay", /replay must be/],
  ["replay null", stripe, { secret: SECRET, replay: null }, "replay", /replay is null/],
  [
    "a replay store without methods",
    stripe,
    { secret: SECRET, replay: { store: {} } },
    "replay",
    /defineReplayStore\(\)/,
  ],
  ["an unknown replay option", stripe, { secret: SECRET, replay: { store: store(), TTL: 1 } }, "replay.TTL", /ttl/],
  [
    "replay.ttl shorter than the window",
    stripe,
    { secret: SECRET, replay: { store: store(), ttl: "5m" } },
    "replay.ttl",
    /at least 660000 ms: past \+ future/,
  ],
  [
    "replay.ttl shorter than the provider's own retries",
    stripe,
    { secret: SECRET, replay: { store: store(), ttl: "48h" } },
    "replay.ttl",
    /at least 259200000 ms: so long stripe may try again/,
  ],
  ["replay.ttl NaN", stripe, { secret: SECRET, replay: { store: store(), ttl: Number.NaN } }, "replay.ttl", /duration/],
  [
    "replay.lease 0",
    stripe,
    { secret: SECRET, replay: { store: store(), lease: 0 } },
    "replay.lease",
    /at least 100 ms/,
  ],
  [
    "replay.lease longer than a timer",
    stripe,
    { secret: SECRET, replay: { store: store(), lease: "1000h" } },
    "replay.lease",
    /at most/,
  ],
  ["replay.wait 0", stripe, { secret: SECRET, replay: { store: store(), wait: 0 } }, "replay.wait", /at least 1 ms/],
  [
    "replay.namespace 5",
    stripe,
    { secret: SECRET, replay: { store: store(), namespace: 5 } },
    "replay.namespace",
    /string or a function/,
  ],
  [
    "replay.onFailure text",
    stripe,
    { secret: SECRET, replay: { store: store(), onFailure: "log" } },
    "replay.onFailure",
    /function/,
  ],
  ["key without a store", stripe, { secret: SECRET, key: () => "a" }, "key", /needs a replay store/],
  ["key text", stripe, { secret: SECRET, replay: store(), key: "id" }, "key", /function of the delivery/],
  ["key.from text", stripe, { secret: SECRET, replay: store(), key: { from: "id" } }, "key.from", /function/],
  [
    "key.missing ignore",
    stripe,
    { secret: SECRET, replay: store(), key: { missing: "ignore" } },
    "key.missing",
    /"accept", "refuse"/,
  ],
  [
    "an unknown key option",
    stripe,
    { secret: SECRET, replay: store(), key: { form: () => "" } },
    "key.form",
    /from, missing/,
  ],
  [
    "a store for a token without a key",
    defineProvider({ ...aperture(), key: undefined as never }),
    { secret: SECRET, replay: store() },
    "key",
    /nothing to remember: give key/,
  ],
  [
    "a store for a token whose payload is not read",
    aperture(),
    { secret: SECRET, replay: store(), payload: "raw" },
    "key",
    /payload: "raw" does not read: give key/,
  ],
  [
    "onDuplicate ignore",
    stripe,
    { secret: SECRET, onDuplicate: "ignore" },
    "onDuplicate",
    /"success", "handle", "refuse"/,
  ],
  ["onStoreFailure maybe", stripe, { secret: SECRET, onStoreFailure: "maybe" }, "onStoreFailure", /"closed", "open"/],
  ["status 99", stripe, { secret: SECRET, status: 99 }, "status", /200 to 599/],
  ["status '401'", stripe, { secret: SECRET, status: "401" }, "status", /a number, or an object/],
  [
    "status of an unknown code",
    stripe,
    { secret: SECRET, status: { stale: 200 } },
    "status.stale",
    /timestamp_too_old/,
  ],
  [
    "status of a code that is no status",
    stripe,
    { secret: SECRET, status: { duplicate: 1000 } },
    "status.duplicate",
    /200 to 599/,
  ],
  ["settle never", stripe, { secret: SECRET, settle: "never" }, "settle", /"auto", "manual"/],
  ["timeout 0", stripe, { secret: SECRET, timeout: 0 }, "timeout", /at least 1 ms/],
  ["timeout longer than a timer", stripe, { secret: SECRET, timeout: "1000h" }, "timeout", /at most/],
  ["clock 5", stripe, { secret: SECRET, clock: 5 }, "clock", /milliseconds since the epoch/],
  ["a clock without now", stripe, { secret: SECRET, clock: {} }, "clock", /milliseconds since the epoch/],
  ["clock null", stripe, { secret: SECRET, clock: null }, "clock", /clock is null/],
  ["onReject text", stripe, { secret: SECRET, onReject: "log" }, "onReject", /function/],
  ["a handshake where there is none", stripe, { secret: SECRET, handshake: "a" }, "handshake", /has no handshake/],
  ["an empty handshake", meta, { secret: SECRET, handshake: "" }, "handshake", /verify token/],
  [
    "a handshake of the wrong kind",
    asana,
    { secret: SECRET, handshake: "a" },
    "handshake",
    /function that takes the secret/,
  ],
];

describe("wrong set-up throws when the verifier is built", () => {
  test.each(WRONG)("%s", (_, provider, options, option, message) => {
    let error: unknown;
    try {
      createVerifier(provider, options as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(ConfigurationError);
    expect((error as ConfigurationError).option).toBe(option);
    expect((error as ConfigurationError).message).toMatch(message);
    expect((error as ConfigurationError).message).not.toContain(SECRET);
  });

  test("and an unknown option has a code of its own", () => {
    expect(() => createVerifier(stripe, { secret: SECRET, foo: 1 } as never)).toThrow(
      expect.objectContaining({ code: "unknown_option", name: "ConfigurationError" }),
    );
  });
});

describe("defaults", () => {
  const resolve = (provider: Provider<any>, options: Partial<VerifierOptions<any, any, any>> = {}) =>
    resolveOptions(provider, { secret: SECRET, ...options });

  test("are those of the documentation", () => {
    const settings = resolve(stripe);
    expect(settings).toMatchObject({
      limit: 1_048_576,
      payload: "json",
      encoding: "refuse",
      onDuplicate: "success",
      manual: false,
      timeout: 30_000,
      methods: ["POST"],
      window: { past: 300_000, future: 300_000 },
    });
    expect(settings.replay).toBeUndefined();
    for (const code of webhookErrorCodes) expect(settings.status(code)).toBeTypeOf("number");
  });

  test("drain follows limit, whatever it is", () => {
    expect(resolve(stripe).drain).toBe(2 * 1_048_576);
    expect(resolve(stripe, { limit: Number.MAX_SAFE_INTEGER }).drain).toBe(Number.MAX_SAFE_INTEGER);
    expect(resolve(stripe, { limit: 10, drain: 0 }).drain).toBe(0);
  });

  test("undefined is the same as nothing", () => {
    const nothing = Object.fromEntries(
      "tolerance skew limit payload schema encoding publicUrl exactUrl replay onDuplicate onStoreFailure key status settle timeout clock onReject handshake"
        .split(" ")
        .map((name) => [name, undefined]),
    );
    expect(resolve(stripe, nothing)).toMatchObject({ limit: 1_048_576, timeout: 30_000, window: { past: 300_000 } });
  });

  test("leave the caller's object alone", () => {
    const options = Object.freeze({
      secret: SECRET,
      tolerance: Object.freeze({ past: "1h" }),
      replay: Object.freeze({ store: store() }),
    });
    expect(resolve(stripe, options).window).toEqual({ past: 3_600_000, future: 300_000 });
    expect(Object.keys(options)).toEqual(["secret", "tolerance", "replay"]);
  });

  test("a tolerance is symmetric, or in each direction", () => {
    expect(resolve(stripe, { tolerance: "1m" }).window).toEqual({ past: 60_000, future: 60_000 });
    expect(resolve(tailscale, { tolerance: { past: "25h" } }).window).toEqual({ past: 90_000_000, future: 300_000 });
    expect(resolve(stalwart).window).toBeUndefined();
    expect(resolve(stalwart, { tolerance: { past: "6m" } }).window).toEqual({ past: 360_000, future: 300_000 });
  });

  test("a handled key is remembered for past + future + twice the skew, and one more: both edges are inside", () => {
    const ttl = (provider: Provider<any>, options: ReplayOptions<never>, window?: Window) =>
      resolveReplay(provider, options, {
        window,
        skew: 3_000,
        clock: fakeClock(0),
        payload: "json",
        family: undefined,
        secrets: undefined,
      }).ttl;
    expect(ttl(stripe, { replay: store() }, { past: 60_000, future: 120_000 })).toBe(259_200_001);
    expect(ttl(own, { replay: store() }, { past: 60_000, future: 120_000 })).toBe(186_001);
    expect(ttl({ ...own, retries: "1h" }, { replay: store() })).toBe(86_400_001);
    expect(ttl({ ...own, retries: "48h" }, { replay: store() })).toBe(172_800_001);
    expect(ttl(own, { replay: { store: store(), ttl: "10m" } })).toBe(600_001);
  });

  test("one status stands for the refusals of class 4xx, or single ones for some", () => {
    const one = resolve(stripe, { status: 204 });
    expect(one.status("signature_mismatch")).toBe(204);
    expect(one.status("body_timeout")).toBe(408);
    expect(one.status("misconfigured")).toBe(500);
    expect(resolve(stripe, { status: 400 }).status("body_timeout")).toBe(400);
    expect(one.status("duplicate")).toBe(200);
    expect(resolve(stripe, { status: 204, onDuplicate: "refuse" }).status("duplicate")).toBe(204);
    expect(resolve(stripe, { onDuplicate: "refuse" }).status("duplicate")).toBe(409);
    const some = resolve(stripe, { status: { timestamp_too_old: 204 } });
    expect(some.status("timestamp_too_old")).toBe(204);
    expect(some.status("signature_mismatch")).toBe(401);
  });

  test.each([
    ["https://example.com", "https://example.com"],
    ["https://example.com/", "https://example.com"],
    ["http://example.com:8080/app", "http://example.com:8080/app"],
  ])("publicUrl %s", (given, kept) => expect(resolve(stripe, { publicUrl: given }).publicUrl).toBe(kept));
});
