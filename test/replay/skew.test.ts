/** Machines whose clocks differ, one store: what can be accepted twice is remembered for as long as that. */
import { createVerifier, defineProvider, memoryReplayStore, type ReplayStore } from "@countersign/core";
import { tailscale } from "@countersign/core/providers";
import { redisReplayStore } from "@countersign/core/replay/redis";
import { type FakeClock, fakeClock } from "@countersign/core/testing";
import fc from "fast-check";
import { Redis } from "ioredis";
import { describe, expect, test } from "vitest";
import { clear, freshSpace } from "./clients.ts";
import { secret, signed } from "./kit.ts";
import { available, REDIS_URL } from "./services.ts";

const SIGNED = Date.UTC(2026, 0, 15, 12);
const MINUTE = 60_000;

const request = await signed("once", SIGNED);

interface Setting {
  readonly past: number;
  readonly future: number;
  readonly skew: number;
  /** How far each machine's clock is off; at most the skew, unless a test means to show what happens beyond it. */
  readonly off: readonly number[];
}

/** Nothing but the window says how long a key is remembered. */
const { retries: _, ...row } = tailscale;
const untried = defineProvider(row);

/** One machine per clock. Sends the request to the machines in turn, at these true times; counts the handled. */
async function handledAt(
  { past, future, skew, off }: Setting,
  store: ReplayStore,
  truth: { now(): number },
  at: readonly number[],
  go: (time: number) => void | Promise<void>,
): Promise<number> {
  // The shortest life that is allowed; the provider's retries would have it remembered for longer.
  const replay = { store, ttl: `${past + future + 2 * skew}ms` };
  const machines = off.map((by) =>
    createVerifier(untried, {
      secret,
      tolerance: { past: `${past}ms`, future: `${future}ms` },
      skew: `${skew}ms`,
      replay,
      clock: () => truth.now() + by,
    }),
  );
  let handled = 0;
  for (const [i, time] of [...at].sort((a, b) => a - b).entries()) {
    await go(time);
    // Every machine, in another order each time, so that each is the first somewhere.
    for (let j = 0; j < machines.length; j++) {
      const machine = machines[(i + j) % machines.length] as (typeof machines)[number];
      const delivery = await machine.verify(request).catch(() => undefined);
      if (delivery === undefined || delivery.duplicate) continue;
      handled++;
      await delivery.commit();
    }
  }
  return handled;
}

function inMemory(setting: Setting, at: readonly number[]): Promise<number> {
  const truth: FakeClock = fakeClock(SIGNED - setting.future - 10 * setting.skew);
  return handledAt(setting, memoryReplayStore({ clock: truth }), truth, at, (time) =>
    truth.advance(time - truth.now()),
  );
}

describe("clocks that differ by up to the skew open no gap", () => {
  test("at the very edges: first on the fastest machine, last on the slowest", async () => {
    const setting = { past: 5 * MINUTE, future: MINUTE, skew: 30_000, off: [30_000, -30_000] };
    const first = SIGNED - MINUTE - 30_000;
    const last = SIGNED + 5 * MINUTE + 30_000;
    expect(await inMemory(setting, [first])).toBe(1);
    expect(await inMemory(setting, [last])).toBe(1);
    expect(await inMemory(setting, [first, last])).toBe(1);
    expect(await inMemory(setting, [first, first + MINUTE, SIGNED, last - 1, last])).toBe(1);
  });

  test("a difference beyond the skew is what opens one", async () => {
    const setting = { past: 5 * MINUTE, future: MINUTE, skew: 0, off: [30_000, -30_000] };
    expect(await inMemory(setting, [SIGNED - MINUTE - 30_000, SIGNED + 5 * MINUTE + 30_000])).toBe(2);
  });

  test("whatever the window, the skew, the clocks and the times", async () => {
    const setting = fc
      .record({
        past: fc.integer({ min: 1, max: 600_000 }),
        future: fc.integer({ min: 1, max: 600_000 }),
        skew: fc.nat(120_000),
      })
      .chain(({ past, future, skew }) =>
        fc.record({
          past: fc.constant(past),
          future: fc.constant(future),
          skew: fc.constant(skew),
          off: fc.array(
            fc
              .constantFrom(-skew, skew, 0)
              .chain((edge) => fc.oneof(fc.constant(edge), fc.integer({ min: -skew, max: skew }))),
            { minLength: 2, maxLength: 4 },
          ),
        }),
      );
    const at = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(setting, at, async (given, places) => {
        const start = SIGNED - given.future - given.skew;
        const length = given.past + given.future + 2 * given.skew;
        const times = [start, ...places.map((place) => Math.round(start + place * length)), start + length];
        expect(await inMemory(given, times)).toBeLessThanOrEqual(1);
      }),
      { numRuns: 300 },
    );
  });
});

describe.runIf(await available("Redis", REDIS_URL))("over Redis, whose keys are aged as far as the clocks go", () => {
  test.each([
    [30_000, 1],
    [0, 2],
  ])("a skew of %i ms", async (skew, expected) => {
    const redis = new Redis(REDIS_URL);
    const space = freshSpace();
    const truth = fakeClock(0);
    const go = async (time: number) => {
      const passed = time - truth.now();
      truth.set(time);
      for (const key of await redis.keys(`${space}:*`)) {
        const left = (await redis.pttl(key)) - passed;
        if (left <= 0) await redis.del(key);
        else await redis.pexpire(key, left);
      }
    };
    try {
      const setting = { past: 5 * MINUTE, future: MINUTE, skew, off: [30_000, -30_000] };
      // Redis' own time goes on by some milliseconds meanwhile.
      const last = SIGNED + 5 * MINUTE + 30_000 - (skew === 0 ? 0 : 5_000);
      const store = redisReplayStore(redis, { prefix: `${space}:` });
      expect(await handledAt(setting, store, truth, [SIGNED - MINUTE - 30_000, last], go)).toBe(expected);
    } finally {
      await redis.quit();
      await clear("ioredis", REDIS_URL, space);
    }
  });
});
