import { createHash, createHmac } from "node:crypto";
import { describe, expect, test } from "vitest";
import { WebhookError } from "../errors/errors.ts";
import { explain } from "../explain/explain.ts";
import { memoryReplayStore } from "../replay/memory.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import { Fault, type ProofScheme } from "../scheme/proof-scheme.ts";
import type { Secret } from "../scheme/secret.ts";
import { sign } from "../sign/sign.ts";
import { fakeClock } from "../testing/index.ts";
import { createVerifier } from "../verifier.ts";

const NOW = 1_784_000_000_000;
const mac = (key: Secret, text: string) => createHmac("sha256", key).update(text).digest("hex");
const sha = (body: Uint8Array | string) => createHash("sha256").update(body).digest("hex");

interface Shown {
  readonly key: string;
  readonly time: number;
  readonly hash: string;
  readonly mac: string;
  readonly url: string;
}

/** The head proves time, path and the body's hash: `x-proof: key.time.hash.mac`. */
const hashed: ProofScheme<Shown, Secret> = {
  kind: "proof",
  description: "a MAC over the time, the path and the body's hash",
  headers: ["x-proof"],
  signs: "path",
  covers: "body",
  tolerance: "5m",
  prepare: (secret) => secret,
  read({ headers, url }) {
    const value = (headers as Record<string, string>)["x-proof"];
    if (value === undefined) return new Fault("missing_signature", "x-proof");
    const [key = "", time = "", hash = "", proof = "", more] = value.split(".");
    if (proof === "" || more !== undefined) return new Fault("malformed_signature", "x-proof", "it has not four parts");
    return { key, time: Number(time), hash, mac: proof, url };
  },
  async judgeHead(shown, keys) {
    const known = await keys({ keyId: shown.key });
    const secretIndex = known.findIndex((key) => mac(key, `${shown.time}${shown.url}${shown.hash}`) === shown.mac);
    return secretIndex < 0 ? new Fault("signature_mismatch", "x-proof") : { secretIndex, timestamp: shown.time };
  },
  judgeBody(shown, body) {
    return sha(body) === shown.hash
      ? { secretIndex: 0, timestamp: shown.time, id: shown.hash.slice(0, 8) }
      : new Fault("signature_mismatch", "x-proof", "the body's hash is another");
  },
  signer:
    ([secret]) =>
    ({ url, body, timestamp = NOW }) => {
      const time = Number(timestamp);
      return { "x-proof": `k1.${time}.${sha(body)}.${mac(secret as Secret, `${time}${url}${sha(body)}`)}` };
    },
};
const provider = defineProvider({ name: "hashed", docs: "https://example.com", scheme: hashed });

const genuine = async (body = '{"a":1}', secret = "right") => ({
  method: "POST",
  url: "/hook?x=1",
  headers: await sign(provider, { secret, body, url: "/hook?x=1" }),
  body,
});
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "accepted",
    (error) => (error instanceof WebhookError ? error.code : error),
  );
const clock = fakeClock(NOW);
const verifier = createVerifier(provider, { secret: ["other", "right"], clock });

describe("a scheme that judges by itself", () => {
  test("goes the whole road: head, body, delivery", async () => {
    const delivery = await verifier.verify(await genuine());
    expect(delivery.payload).toEqual({ a: 1 });
    expect(delivery.id).toBe(sha('{"a":1}').slice(0, 8));
    expect(delivery.timestamp).toEqual(new Date(NOW));
  });

  test("refuses by the head before the body is read", async () => {
    const { headers } = await genuine("{}", "wrong");
    const answer = await verifier.begin({ method: "POST", url: "/hook?x=1", headers });
    expect(answer).toMatchObject({ status: 401, error: { code: "signature_mismatch" } });
  });

  test("refuses another body, another path, another time, and what cannot be read", async () => {
    const request = await genuine();
    expect(await codeOf(verifier.verify({ ...request, body: '{"a":2}' }))).toBe("signature_mismatch");
    expect(await codeOf(verifier.verify({ ...request, url: "/hook?x=2" }))).toBe("signature_mismatch");
    expect(await codeOf(verifier.verify({ ...request, headers: {} }))).toBe("missing_signature");
    expect(await codeOf(verifier.verify({ ...request, headers: { "x-proof": "a.b" } }))).toBe("malformed_signature");
    const late = createVerifier(provider, { secret: "right", clock: fakeClock(NOW + 301_000) });
    expect(await codeOf(late.verify(request))).toBe("timestamp_too_old");
    const wide = createVerifier(provider, { secret: "right", clock: fakeClock(NOW + 301_000), tolerance: "6m" });
    expect(await codeOf(wide.verify(request))).toBe("accepted");
  });

  test("asks a lookup for the key that the head names, and answers 503 when it fails", async () => {
    const wanted: unknown[] = [];
    const secret = (_: unknown, __: unknown, key: unknown) => {
      wanted.push(key);
      return "right";
    };
    await createVerifier(provider, { secret, clock }).verify(await genuine());
    expect(wanted).toEqual([{ keyId: "k1" }]);
    const failing = createVerifier(provider, { secret: () => Promise.reject(new Error("down")), clock, log: false });
    expect(await codeOf(failing.verify(await genuine()))).toBe("secret_unavailable");
    const nobody = createVerifier(provider, { secret: () => null, clock });
    expect(await codeOf(nobody.verify(await genuine()))).toBe("unknown_sender");
  });

  test("a key that nobody knows is told only when it is the verdict", async () => {
    const told: string[] = [];
    const two = defineProvider({
      name: "two",
      docs: "https://example.com",
      scheme: {
        ...hashed,
        async judgeHead(shown, keys) {
          const first = await (async () => keys({ keyId: "gone" }))().catch(() => []);
          return hashed.judgeHead?.(shown, first.length > 0 ? () => first : keys) as never;
        },
      } satisfies ProofScheme<Shown, Secret>,
    });
    const verifier = createVerifier(two, {
      secret: (_, __, wanted) => (wanted?.keyId === "gone" ? null : "right"),
      clock,
      onReject: ({ code }) => told.push(code),
    });
    expect((await verifier.verify(await genuine())).provider).toBe("two");
    expect(told).toEqual([]);
  });

  test("is handled once: by its id, and by the digest of its body", async () => {
    const replay = memoryReplayStore({ clock });
    const once = createVerifier(provider, { secret: "right", clock, replay });
    await (await once.verify(await genuine())).commit();
    expect(await codeOf(once.verify(await genuine()))).toBe("duplicate");
  });

  test("an exception inside it refuses, and tells the operator", async () => {
    const broken = defineProvider({
      name: "broken",
      docs: "https://example.com",
      scheme: {
        ...hashed,
        read: () => {
          throw new TypeError("of undefined");
        },
      },
    });
    const lines: string[] = [];
    const log = {
      warn: (_: object, line: string) => lines.push(line),
      error: (_: object, line: string) => lines.push(line),
    };
    const answer = await createVerifier(broken, { secret: "s", log }).begin({ headers: {} });
    expect(answer).toMatchObject({ status: 500, error: { code: "misconfigured" } });
    expect(lines.join()).toContain("broken");
  });

  test.each([undefined, {}, { secretIndex: -1 }, true, null])("a judgement that answers %j is no yes", async (said) => {
    const mute = defineProvider({
      name: "mute",
      docs: "https://example.com",
      scheme: { ...hashed, judgeBody: () => said } as unknown as ProofScheme,
    });
    const silent = createVerifier(mute, { secret: "right", clock, log: false });
    expect(await codeOf(silent.verify(await genuine()))).toBe("misconfigured");
  });

  test("explain gives its own words", async () => {
    const request = await genuine();
    const { findings } = await explain(provider, { ...request, body: "{}", secret: "right", now: NOW });
    expect(findings[0]).toMatchObject({ code: "proof_refused", sentence: expect.stringContaining("body's hash") });
  });

  test.each([
    ["description", { description: undefined }],
    ["headers", { headers: ["no header"] }],
    ["covers", { covers: "all" }],
    ["read", { read: undefined }],
    ["judgeBody", { judgeBody: undefined }],
  ])("one without a usable %s is refused when it is declared", (_, change) => {
    const scheme = { ...hashed, ...change } as unknown as ProofScheme;
    expect(() => defineProvider({ name: "half", docs: "https://example.com", scheme })).toThrow(/scheme/);
  });
});
