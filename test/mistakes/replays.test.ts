import { createVerifier, defineProvider, memoryReplayStore, type ReplayStore } from "@countersign/core";
import { aperture, github, stripe } from "@countersign/core/providers";
import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test, vi } from "vitest";
import { codeOf, githubRequest, NOW, SECRET, stripeRequest } from "./requests.ts";

const time = NOW / 1000;

describe("nonce TTL", () => {
  test.each([
    ["the default window", {}],
    ["no skew", { skew: 0 }],
    ["a window that is not symmetric", { tolerance: { past: "1h", future: "1m" }, skew: 0 }],
  ])("a request is no replay for as long as its time is inside the window: %s", async (_, options) => {
    const clock = fakeClock(NOW);
    const verifier = createVerifier(stripe, {
      secret: SECRET,
      clock,
      replay: memoryReplayStore({ clock }),
      onDuplicate: "handle",
      ...options,
    });
    const { past, future } = {
      past: 300_000,
      future: 300_000,
      ...("tolerance" in options && { past: 3_600_000, future: 60_000 }),
    };
    const request = stripeRequest(String(time));
    clock.set(NOW - future); // As early as it can come.
    await (await verifier.verify(request)).commit();
    for (let left = past + future; left > 0; left -= 7_000) {
      clock.set(NOW + past - left);
      expect((await verifier.verify(request)).duplicate).toBe(true);
    }
    clock.set(NOW + past); // As late as it can come.
    expect((await verifier.verify(request)).duplicate).toBe(true);
    clock.advance(1);
    expect(await codeOf(verifier.verify(request))).toBe("timestamp_too_old");
  });

  test("a life that is shorter than the window is refused when the verifier is built", () => {
    const replay = { store: memoryReplayStore(), ttl: "5m" };
    expect(() => createVerifier(stripe, { secret: SECRET, replay })).toThrow(
      expect.objectContaining({ option: "replay.ttl" }),
    );
  });
});

describe("dedupe on unsigned headers", () => {
  test("another delivery id in an unsigned header makes no other delivery of it", async () => {
    const verifier = createVerifier(github, { secret: SECRET, replay: memoryReplayStore() });
    const request = githubRequest('{"a":1}');
    const from = (id: string, event: string) => ({
      ...request,
      headers: { ...request.headers, "x-github-delivery": id, "x-github-event": event },
    });
    await (await verifier.verify(from("1", "push"))).commit();
    expect(await codeOf(verifier.verify(from("2", "ping")))).toBe("duplicate");
  });

  test("nor does the same id in it make one of two deliveries", async () => {
    const verifier = createVerifier(github, { secret: SECRET, replay: memoryReplayStore() });
    const from = (body: string) => ({
      ...githubRequest(body),
      headers: { ...githubRequest(body).headers, "x-github-delivery": "1" },
    });
    await (await verifier.verify(from('{"a":1}'))).commit();
    expect((await verifier.verify(from('{"a":2}'))).duplicate).toBe(false);
  });

  test("a provider that signs nothing has no key at all unless its body names one", () => {
    const { key: _, ...row } = aperture();
    expect(() => createVerifier(defineProvider(row), { secret: SECRET, replay: memoryReplayStore() })).toThrow(
      expect.objectContaining({ option: "key" }),
    );
  });
});

describe("claim before success", () => {
  const request = () =>
    new Request("http://example.com/", { ...githubRequest('{"a":1}'), method: "POST" } as RequestInit);

  test.each([
    ["answers 500", () => new Response(null, { status: 500 })],
    ["answers 404", () => new Response(null, { status: 404 })],
    [
      "throws",
      () => {
        throw new Error("database down");
      },
    ],
  ])("a handler that %s does not turn the provider's retry into a lost event", async (_, handler) => {
    const verifier = createVerifier(github, { secret: SECRET, replay: memoryReplayStore() });
    await verifier.handle(request(), handler).catch(() => {});
    const retried = vi.fn(() => new Response(null, { status: 204 }));
    expect((await verifier.handle(request(), retried)).status).toBe(204);
    expect(retried).toHaveBeenCalledTimes(1);
    expect((await verifier.handle(request(), retried)).status).toBe(200);
    expect(retried).toHaveBeenCalledTimes(1);
  });

  test("nothing is claimed before the verdict", async () => {
    const claim = vi.fn(() => "new" as const);
    const store: ReplayStore = { ...memoryReplayStore(), claim };
    const verifier = createVerifier(github, { secret: SECRET, replay: store });
    for (const forged of [{ ...githubRequest("{}"), body: "[]" }, { headers: {}, body: "{}" }, githubRequest("{")]) {
      await codeOf(verifier.verify(forged));
    }
    expect(claim).not.toHaveBeenCalled();
  });
});
