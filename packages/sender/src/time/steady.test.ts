import { fakeClock } from "@countersign/core/testing";
import { describe, expect, test } from "vitest";
import { waits } from "../pace/schedule.ts";
import { createSender, type SenderOptions } from "../sender.ts";
import { stubTransport } from "../testing/stub-transport.ts";
import { type SenderClock, steady } from "./steady.ts";

const HOUR = 3_600_000;

/** A wall clock that can be set, over time that only passes. */
function settable() {
  const time = fakeClock("2026-01-01T12:00:00Z");
  let offset = 0;
  const clock: SenderClock = {
    now: () => time.now() + offset,
    monotonic: () => time.now(),
    setTimeout: (callback, milliseconds) => time.setTimeout(callback, milliseconds),
    clearTimeout: (handle) => time.clearTimeout(handle),
  };
  return { time, clock, start: time.now(), set: (milliseconds: number) => (offset = milliseconds) };
}

describe("a wall clock that is set back six hours", () => {
  const own: [string, object, number[]][] = [
    ["a retry", { retry: waits(["5s", "5s"]) }, [0, 5_000, 10_000]],
    ["a rate", { rate: { requests: 1, per: "10s" }, retry: waits(["1s"]) }, [0, 10_000]],
    ["a pause that the receiver asked for", { retry: waits(["1s"]) }, [0, 20_000]],
    ["an open breaker", { retry: waits(["1s"]), breaker: { minimum: 1, cooldown: "30s" } }, [0, 30_000]],
  ];
  test.each(own)("stalls nothing: %s", async (name, endpoint, times) => {
    const { time, clock, start, set } = settable();
    const at: number[] = [];
    const headers: Record<string, string> = name.includes("asked") ? { "retry-after": "20" } : {};
    const transport = stubTransport(clock, () => {
      at.push(time.now() - start);
      return at.length < times.length ? { status: 503, headers } : 200;
    });
    const options: SenderOptions = {
      clock,
      transport,
      endpoints: [{ name: "e", url: "https://example.com/", breaker: false, ...endpoint }],
    };
    const sender = createSender(options);
    const handle = await sender.send({ type: "t", data: 1 });
    await time.advanceAsync(10);
    set(-6 * HOUR);
    await time.advanceAsync(60_000);
    expect(at).toEqual(times);
    expect((await handle.outcome())[0]?.status).toBe("delivered");
  });

  test("nor does a throttle window, and what is signed has the wall clock's time", async () => {
    const { time, clock, start, set } = settable();
    const { standardWebhooks } = await import("@countersign/core/providers");
    const { json } = await import("../body/json.ts");
    const transport = stubTransport(clock);
    const sender = createSender({
      clock,
      transport,
      endpoints: [
        {
          name: "e",
          url: "https://example.com/",
          body: json({ root: "array" }),
          throttle: { window: "10s" },
          sign: { provider: standardWebhooks, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
        },
      ],
    });
    await sender.send({ type: "t", data: 1 });
    set(-6 * HOUR);
    await time.advanceAsync(10_000);
    expect(transport.requests).toHaveLength(1);
    const signedAt = Number(transport.requests[0]?.named["webhook-timestamp"]) * 1_000;
    expect(signedAt).toBe(start - 6 * HOUR + 10_000);
  });
});

test("a steady clock follows the wall clock forward, and never back", () => {
  const { time, clock, start, set } = settable();
  const { now } = steady(clock);
  expect(now()).toBe(start);
  time.advance(5);
  set(HOUR);
  expect(now()).toBe(start + HOUR + 5);
  set(0);
  time.advance(5);
  expect(now()).toBe(start + HOUR + 10);
});
