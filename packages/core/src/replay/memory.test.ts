import { afterEach, describe, expect, test, vi } from "vitest";
import { fakeClock } from "../testing/clock.ts";
import { memoryReplayStore } from "./memory.ts";

describe("the memory store", () => {
  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, "10"])("max %j is refused", (max) => {
    expect(() => memoryReplayStore({ max: max as number })).toThrow(/max must be a positive integer/);
  });

  test("holds a claim for its lease and a done key for its life, to the millisecond", () => {
    const clock = fakeClock();
    const store = memoryReplayStore({ clock });
    expect(store.claim("a", "1", 1000)).toBe("new");
    clock.advance(999);
    expect(store.claim("a", "2", 1000)).toBe("busy");
    clock.advance(1);
    expect(store.claim("a", "2", 1000)).toBe("new");
    expect(store.commit("a", "2", 5000)).toBe(true);
    clock.advance(4999);
    expect(store.claim("a", "3", 1000)).toBe("done");
    clock.advance(1);
    expect(store.claim("a", "3", 1000)).toBe("new");
  });

  test("refuses when it is full, never forgets a live key, and takes again once one has gone", () => {
    const clock = fakeClock();
    const store = memoryReplayStore({ clock, max: 100 });
    for (let i = 0; i < 100; i++) {
      expect(store.claim(`k${i}`, "t", 1000)).toBe("new");
      store.commit(`k${i}`, "t", 60_000 + i);
    }
    for (let i = 0; i < 500; i++) expect(store.claim(`more${i}`, "t", 1000)).toBe("full");
    for (let i = 0; i < 100; i++) expect(store.claim(`k${i}`, "x", 1000)).toBe("done");
    expect(store.size).toBe(100);
    clock.advance(60_000);
    expect(store.claim("late", "t", 1000)).toBe("new");
    expect(store.claim("later", "t", 1000)).toBe("full");
    for (let i = 1; i < 100; i++) expect(store.claim(`k${i}`, "x", 1000)).toBe("done");
  });

  test("a key that is there is settled and taken again even when it is full", () => {
    const clock = fakeClock();
    const store = memoryReplayStore({ clock, max: 2 });
    store.claim("a", "1", 1000);
    store.claim("b", "1", 5000);
    clock.advance(1000);
    expect(store.claim("a", "2", 1000)).toBe("new");
    expect(store.commit("a", "2", 9000)).toBe(true);
    expect(store.claim("c", "1", 1000)).toBe("full");
    expect(store.release("b", "1")).toBe(true);
    expect(store.claim("c", "1", 1000)).toBe("new");
  });

  test("a full store is searched once until something can have gone", () => {
    const clock = fakeClock();
    let looks = 0;
    const counting = () => {
      looks++;
      return clock.now();
    };
    const store = memoryReplayStore({ clock: counting, max: 20_000 });
    for (let i = 0; i < 20_000; i++) store.claim(`k${i}`, "t", 60_000);
    const started = process.cpuUsage().user;
    for (let i = 0; i < 20_000; i++) store.claim(`more${i}`, "t", 1000);
    expect(looks).toBe(40_000);
    // Searching each time would look at 400 million entries.
    expect(process.cpuUsage().user - started).toBeLessThan(1_500_000);
  });

  test("sweeps what has expired, a little with each claim", () => {
    const clock = fakeClock();
    const store = memoryReplayStore({ clock });
    for (let i = 0; i < 1000; i++) store.claim(`k${i}`, "t", 1000);
    clock.advance(1000);
    store.claim("next", "t", 1000);
    expect(store.size).toBeGreaterThan(990);
    for (let i = 0; i < 1000; i++) store.claim("next", "t", 1000);
    expect(store.size).toBeLessThan(10);
  });

  test("a wall clock that jumps 25 hours ahead and back forgets nothing that was handled", () => {
    const clock = fakeClock("2026-01-15T12:00:00Z");
    const store = memoryReplayStore({ clock });
    const day = 24 * 3_600_000;
    const start = clock.now();
    store.claim("a", "1", 60_000);
    store.commit("a", "1", day);
    clock.set(start + day + 3_600_000);
    expect(store.claim("b", "2", 60_000)).toBe("new"); // A claim sweeps what has expired.
    clock.set(start);
    expect(store.claim("a", "3", 60_000)).toBe("done");
    clock.advance(day);
    expect(store.claim("a", "3", 60_000)).toBe("new");
  });

  test("that it fills up was known when it was full: it is told once at four fifths, and again after it was half empty", () => {
    const clock = fakeClock();
    const told: number[][] = [];
    const onNearlyFull = (...sizes: number[]) => told.push(sizes);
    const store = memoryReplayStore({ clock, max: 10, onNearlyFull });
    const take = (keys: number) => {
      for (let i = 0; i < keys; i++) store.claim(`${clock.now()} ${i}`, "t", 1_000);
    };
    take(8);
    expect(told).toEqual([]);
    take(10);
    expect(told).toEqual([[8, 10]]);
    for (let i = 0; i < 10; i++) {
      clock.advance(1_000);
      take(1);
    }
    take(10);
    expect(told).toHaveLength(2);
  });

  test("only who holds the claim settles it", () => {
    const clock = fakeClock();
    const store = memoryReplayStore({ clock });
    store.claim("a", "1", 1000);
    expect(store.release("a", "2")).toBe(false);
    expect(store.commit("a", "2", 1000)).toBe(false);
    expect(store.extend("a", "2", 1000)).toBe(false);
    expect(store.extend("a", "1", 1000)).toBe(true);
    expect(store.commit("a", "1", 1000)).toBe(true);
    expect(store.release("a", "1")).toBe(false);
    expect(store.claim("a", "1", 1000)).toBe("done");
  });

  test("work that outlived its lease is remembered, unless somebody else took it over", () => {
    const clock = fakeClock();
    const store = memoryReplayStore({ clock });
    store.claim("a", "1", 1000);
    clock.advance(5000);
    expect(store.commit("a", "1", 1000)).toBe(true);
    expect(store.claim("a", "2", 1000)).toBe("done");
    store.claim("b", "1", 1000);
    clock.advance(5000);
    store.claim("b", "2", 1000);
    expect(store.commit("b", "1", 1000)).toBe(false);
  });
});

describe("a store that forgets with each instance, where instances are many and short", () => {
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    vi.resetModules();
  });

  const lambda = () => vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "hooks");
  test.each([
    ["AWS Lambda", lambda],
    ["Vercel", () => vi.stubEnv("VERCEL", "1")],
    ["Workers", () => vi.stubGlobal("navigator", { userAgent: "Cloudflare-Workers" })],
  ])("%s: warns, once", async (platform, pretend) => {
    pretend();
    const told = vi.spyOn(console, "error").mockReturnValue();
    const { memoryReplayStore: fresh } = await import("./memory.ts");
    fresh();
    fresh();
    expect(told.mock.calls).toEqual([[expect.stringContaining(platform)]]);
  });

  test("says nothing elsewhere, and where it is meant", async () => {
    const told = vi.spyOn(console, "error").mockReturnValue();
    const { memoryReplayStore: fresh } = await import("./memory.ts");
    fresh();
    lambda();
    fresh({ quiet: true });
    expect(told).not.toHaveBeenCalled();
  });
});
