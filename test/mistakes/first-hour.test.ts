/** Where people stumbled in their first hour, each by its symptom. */
import { createHmac } from "node:crypto";
import { createVerifier, defineProvider, explain, memoryReplayStore, sign } from "@countersign/core";
import {
  github,
  hmacSignature,
  slack,
  standardWebhooks,
  stripe,
  timestampedSignature,
} from "@countersign/core/providers";
import { fakeClock } from "@countersign/core/testing";
import { afterEach, describe, expect, test, vi } from "vitest";

const SECRET = "a long random secret";
const url = "https://example.com/hook";
const mac = (body: string) => createHmac("sha256", SECRET).update(body).digest("hex");
const signed = (body: string) => ({
  method: "POST",
  url,
  headers: { "x-hub-signature-256": `sha256=${mac(body)}` },
  body,
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe("refusals were shown to nobody", () => {
  const forged = { ...signed("{}"), body: '{"forged":1}' };
  const said = () => {
    const error = vi.spyOn(console, "error").mockReturnValue();
    return () => error.mock.calls.map(([line]) => String(line));
  };
  const refuse = async (options: object, request: object = forged) =>
    createVerifier(github, { secret: SECRET, ...options })
      .verify(request as never)
      .catch(() => {});

  test("in development one line has code, message and mend, and no secret", async () => {
    vi.stubEnv("NODE_ENV", "development");
    const lines = said();
    await refuse({});
    expect(lines()).toEqual([expect.stringMatching(/github POST .*401: signature_mismatch\. .*explain\(\)/)]);
    expect(lines().join()).toContain("from @countersign/core");
    expect(lines().join()).toContain(github.docs);
    expect(lines().join()).not.toContain(SECRET);
  });

  test("in production nothing is written but what is the operator's own fault", async () => {
    vi.stubEnv("NODE_ENV", "production");
    const lines = said();
    await refuse({});
    expect(lines()).toEqual([]);
    await refuse({ secret: () => Promise.reject(new Error("no database")) });
    expect(lines()).toEqual([expect.stringContaining("503: secret_unavailable")]);
    await refuse({ log: false, secret: () => Promise.reject(new Error("no database")) });
    expect(lines()).toHaveLength(1);
  });

  test("ten lines a second, and then a count", async () => {
    const clock = fakeClock(1_784_000_000_000);
    const lines: string[] = [];
    const log = { warn: (_: object, line: string) => void lines.push(line), error: () => {} };
    const verifier = createVerifier(github, { secret: SECRET, clock, log });
    for (let i = 0; i < 25; i++) await verifier.verify(forged).catch(() => {});
    expect(lines).toHaveLength(10);
    clock.advance(1_000);
    await verifier.verify(forged).catch(() => {});
    expect(lines.slice(10).join("\n")).toMatch(/15/);
  });

  test("what the sender wrote draws nothing on a terminal", async () => {
    const lines: string[] = [];
    const log = { warn: (_: object, line: string) => void lines.push(line), error: () => {} };
    await refuse({ log }, { ...forged, url: `/\u001b[2J\nforged${"x".repeat(10_000)}` });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^[\x20-\x7e…]+$/);
    expect(lines[0]?.length).toBeLessThan(2_000);
  });

  test("explain, given as an option, prints its first finding outside production only", async () => {
    const lines: string[] = [];
    const log = { warn: (_: object, line: string) => void lines.push(line), error: () => {} };
    const trailing = { ...signed("{}"), body: "{}\n" };
    await refuse({ log, explain }, trailing);
    await vi.waitFor(() => expect(lines).toHaveLength(2));
    vi.stubEnv("NODE_ENV", "production");
    await refuse({ log, explain }, trailing);
    expect(lines).toHaveLength(3);
  });

  test("onReject has the bytes where it asks for them", async () => {
    const seen: unknown[] = [];
    await refuse({
      log: false,
      onReject: (_e: unknown, _r: unknown, _c: unknown, body: Uint8Array) =>
        void seen.push(Buffer.from(body).toString()),
    });
    expect(seen).toEqual(['{"forged":1}']);
  });
});

describe("doors", () => {
  test("verify() handed a duplicate to code that did not ask: it throws, with status 200", async () => {
    const open = (options: object) =>
      createVerifier(github, { secret: SECRET, log: false, replay: memoryReplayStore(), ...options });
    for (const [options, status] of [
      [{}, 200],
      [{ onDuplicate: "refuse" }, 409],
    ] as const) {
      const verifier = open(options);
      await (await verifier.verify(signed("{}"))).commit();
      await expect(verifier.verify(signed("{}"))).rejects.toMatchObject({ code: "duplicate", status });
    }
    const busy = open({});
    await busy.verify(signed("{}"));
    await expect(busy.verify(signed("{}"))).rejects.toMatchObject({ code: "in_progress", status: 503 });
    const handing = open({ onDuplicate: "handle" });
    await (await handing.verify(signed("{}"))).commit();
    expect((await handing.verify(signed("{}"))).duplicate).toBe(true);
  });

  // verifyIncoming() stands in test/adapters/node.test.ts: its user catches, and answers error.answer.
  test("verifyRequest() handed a duplicate over too", async () => {
    const verifier = createVerifier(github, { secret: SECRET, log: false, replay: memoryReplayStore() });
    const { method, headers, body } = signed("{}");
    const verify = () => verifier.verifyRequest(new Request(url, { method, headers, body }));
    await (await verify()).commit();
    await expect(verify()).rejects.toMatchObject({ code: "duplicate", status: 200 });
  });

  test("Slack's handshake went out empty: respond() and the error write it", async () => {
    const body = JSON.stringify({ type: "url_verification", challenge: "c-1" });
    const request = {
      method: "POST",
      url,
      body,
      headers: { "content-type": "application/json", ...(await sign(slack, { secret: SECRET, body })) },
    };
    const verifier = createVerifier(slack, { secret: SECRET, log: false });
    const answer = await verifier.respond(request, () => expect.unreachable("a handshake is not handled"));
    expect(answer).toMatchObject({ status: 200, body: expect.stringContaining("c-1") });
    const error = await verifier.verify(request).catch((thrown) => thrown);
    expect(await error.toResponse().text()).toContain("c-1");
  });

  test("the header that everybody has is one line", async () => {
    const plain = hmacSignature({ header: "x-signature" });
    const headers = { "x-signature": mac("{}") };
    expect(
      (await createVerifier(plain, { secret: SECRET }).verify({ method: "POST", url, headers, body: "{}" })).text(),
    ).toBe("{}");
    const timed = timestampedSignature({ header: "x-timed" });
    const t = 1_784_000_000;
    const v1 = createHmac("sha256", SECRET).update(`${t}.{}`).digest("hex");
    const verify = (now: number) =>
      createVerifier(timed, { secret: SECRET, log: false, clock: () => now }).verify({
        method: "POST",
        url,
        headers: { "x-timed": `t=${t},v1=${v1}` },
        body: "{}",
      });
    expect((await verify(t * 1000)).text()).toBe("{}");
    await expect(verify(t * 1000 + 3_600_000)).rejects.toMatchObject({ code: "timestamp_too_old" });
  });
});

describe("set-up", () => {
  test.each([300, 1, 9_999])("tolerance: %i, meant as seconds, names both spellings", (tolerance) => {
    expect(() => createVerifier(stripe, { secret: SECRET, tolerance })).toThrow(
      new RegExp(`"${tolerance}s".*"${tolerance}ms"`),
    );
  });

  test.each([` ${SECRET}`, `${SECRET}\n`, `"${SECRET}"`, "sk_live_abc", "we_abc"])(
    "Stripe's secret given as %j",
    (secret) => {
      expect(() => createVerifier(stripe, { secret })).toThrow(expect.objectContaining({ option: "secret" }));
    },
  );

  test("a secret given as bytes passes as it is, blanks at its ends included", async () => {
    const secret = new TextEncoder().encode(` ${SECRET}\n`);
    const headers = await sign(github, { secret, body: "{}" });
    const delivery = await createVerifier(github, { secret }).verify({ method: "POST", url, headers, body: "{}" });
    expect(delivery.text()).toBe("{}");
  });

  test.each(["store_unavailable", "in_progress", "secret_unavailable", "body_timeout"])(
    "status: { %s: 200 } told the provider that a genuine webhook was handled",
    (code) => {
      expect(() => createVerifier(github, { secret: SECRET, status: { [code]: 200 } })).toThrow(
        expect.objectContaining({ option: `status.${code}` }),
      );
      expect(() => createVerifier(github, { secret: SECRET, status: { [code]: 500 } })).not.toThrow();
    },
  );

  test("status: 200 made a success of a store that was down", async () => {
    const away = { ...memoryReplayStore(), claim: () => Promise.reject(new Error("connection refused")) };
    const verifier = createVerifier(github, { secret: SECRET, log: false, status: 200, replay: away });
    await expect(verifier.verify(signed("{}"))).rejects.toMatchObject({ code: "store_unavailable", status: 503 });
    await expect(verifier.verify({ ...signed("{}"), body: "" })).rejects.toMatchObject({ status: 200 });
  });

  test.each([
    ["an unknown scheme.kind", { scheme: { kind: "hmac-sha256" } }, "scheme"],
    ["no scheme", { scheme: undefined }, "scheme"],
    ["no name", { name: undefined }, "name"],
    ["a misspelt field", { retry: "1h" }, "retry"],
  ])("defineProvider with %s was taken", (_, wrong, option) => {
    expect(() => defineProvider({ ...github, ...wrong } as never)).toThrow(expect.objectContaining({ option }));
  });

  test("Supabase writes v1, in front of whsec_", async () => {
    const plain = "whsec_c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0";
    const headers = await sign(standardWebhooks, { secret: plain, body: "{}", id: "msg_1" });
    const delivery = await createVerifier(standardWebhooks, { secret: `v1,${plain}` }).verify({
      method: "POST",
      headers,
      body: "{}",
    });
    expect(delivery.id).toBe("msg_1");
  });
});
