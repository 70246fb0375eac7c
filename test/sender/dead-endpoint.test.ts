import { type FakeClock, fakeClock } from "@countersign/core/testing";
import { createSender, type EndpointOptions, exponential, type Transport } from "@countersign/sender";
import { describe, expect, test } from "vitest";

const ENDPOINTS = 50;
const SECONDS = 6;
const PER_SECOND = 4;

/** Healthy hosts answer after 50 ms, sick ones as they are told. */
function network(clock: FakeClock, sick: (host: string) => "silent" | "refusing" | "ill" | undefined) {
  const delivered = new Map<string, number[]>();
  const transport: Transport = {
    async request({ url, timeout }) {
      const began = clock.now();
      const state = sick(url.host);
      await new Promise<void>((resolve) =>
        clock.setTimeout(resolve, state === "silent" ? timeout : state === "refusing" ? 1 : 50),
      );
      const timings = { total: clock.now() - began };
      if (state === "silent") return { kind: "error", code: "timeout", message: "late", timings };
      if (state === "refusing") return { kind: "error", code: "connect_failed", message: "no", timings };
      if (state === "ill") return { kind: "response", status: 503, headers: {}, body: "", truncated: false, timings };
      delivered.set(url.host, [...(delivered.get(url.host) ?? []), clock.now()]);
      return { kind: "response", status: 200, headers: {}, body: "", truncated: false, timings };
    },
    close: async () => {},
  };
  return { transport, delivered };
}

/** When each of the other 49 got its events. */
async function run(state: "silent" | "refusing" | "ill" | undefined, own: Partial<EndpointOptions> = {}) {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const { transport, delivered } = network(clock, (host) => (host === "e0.example.com" ? state : undefined));
  const sender = createSender({
    clock,
    transport,
    endpoints: Array.from({ length: ENDPOINTS }, (_, index) => ({
      name: `e${index}`,
      url: `https://e${index}.example.com/`,
      timeout: "30s",
      retry: exponential(),
      concurrency: 2,
      ...own,
    })),
  });
  for (let tick = 0; tick < SECONDS * PER_SECOND; tick += 1) {
    for (let n = 0; n < 5; n += 1) await sender.send({ type: "t", data: n });
    await clock.advanceAsync(1_000 / PER_SECOND);
  }
  delivered.delete("e0.example.com");
  const waiting = await sender.endpoints.stats("e0");
  const count = [...delivered.values()].reduce((sum, times) => sum + times.length, 0);
  const closing = sender.close({ timeout: "1ms" });
  await clock.advanceAsync(60_000);
  await closing;
  return { delivered, waiting, count };
}

describe("one dead endpoint among 50 under load", () => {
  test.each(["silent", "refusing", "ill"] as const)(
    "%s: the other 49 lose nothing, and its own events are kept",
    async (state) => {
      const healthy = await run(undefined);
      const { delivered, waiting, count } = await run(state);
      expect(healthy.count).toBeGreaterThan(49 * SECONDS * PER_SECOND * 4);
      expect(count).toBeGreaterThanOrEqual(healthy.count * 0.95);
      // On this clock nothing is left to chance: each event arrives at the very same time.
      expect(delivered).toEqual(healthy.delivered);
      expect(waiting.pending + waiting.claimed).toBe(SECONDS * PER_SECOND * 5);
    },
  );

  test("nor with strict order, where the dead one's queue only grows", async () => {
    const healthy = await run(undefined, { order: "fifo", concurrency: 1 });
    expect((await run("ill", { order: "fifo", concurrency: 1 })).delivered).toEqual(healthy.delivered);
  });
});
