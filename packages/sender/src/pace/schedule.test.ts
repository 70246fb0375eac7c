import { describe, expect, test } from "vitest";
import { stageOne } from "../testing/stage-one.ts";
import { every, exponential, never, type Schedule, waits } from "./schedule.ts";

const HOUR = 3_600_000;

/** Times of all attempts at an endpoint that never answers well, relative to the send. */
async function attemptsOf(retry: Schedule, pass: number, own: object = {}, random = () => 0.5) {
  const { clock, sender, times } = stageOne({ retry, breaker: false, ...own }, () => 503, { random });
  const handle = await sender.send({ type: "t", data: {} });
  await clock.advanceAsync(pass);
  const [outcome] = await handle.outcome();
  await sender.close();
  return { times: times(), outcome };
}

describe("schedules with a fake clock", () => {
  test("waits: after each wait, then the dead letter", async () => {
    const { times, outcome } = await attemptsOf(waits(["1s", "2s", "4s", "8s", "16s"]), 60_000);
    expect(times).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000]);
    expect(outcome).toMatchObject({ status: "dead", reason: "exhausted", attempts: 6 });
    expect(outcome?.history).toHaveLength(6);
  });

  test("every … for: hourly for 24 hours is one attempt and 24 retries", async () => {
    const { times } = await attemptsOf(every("1h", { for: "24h" }), 30 * HOUR);
    expect(times).toEqual(Array.from({ length: 25 }, (_, index) => index * HOUR));
  });

  test("exponential: each wait within its bound, all of the bound used", async () => {
    const low = await attemptsOf(exponential({ initial: "1s", factor: 2, cap: "5s", retries: 5 }), 60_000, {}, () => 0);
    expect(low.times).toEqual([0, 0, 0, 0, 0, 0]);
    const high = await attemptsOf(
      exponential({ initial: "1s", factor: 2, cap: "5s", retries: 5 }),
      60_000,
      {},
      () => 0.999_999,
    );
    expect(high.times).toEqual([0, 999, 2_998, 6_997, 11_996, 16_995]);
    const schedule = exponential({ initial: "1s", factor: 3, cap: 20_000, retries: 8 });
    for (let attempt = 1; attempt <= 8; attempt += 1) {
      const bound = Math.min(20_000, 1_000 * 3 ** (attempt - 1));
      const drawn = Array.from({ length: 400 }, () => schedule.next(attempt, 0, Math.random) as number);
      expect(Math.min(...drawn)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...drawn)).toBeLessThan(bound);
      expect(Math.max(...drawn)).toBeGreaterThan(bound * 0.8);
      expect(Math.min(...drawn)).toBeLessThan(bound * 0.2);
    }
    expect(schedule.next(9, 0, Math.random)).toBeUndefined();
  });

  test("never: one attempt", async () => {
    const { times, outcome } = await attemptsOf(never(), HOUR);
    expect(times).toEqual([0]);
    expect(outcome?.status).toBe("dead");
  });

  test("discardAfter ends before the schedule does, without a dead letter", async () => {
    const { times, outcome } = await attemptsOf(every("1s", { for: "1h" }), HOUR, { discardAfter: "5s" });
    expect(times).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    expect(outcome?.status).toBe("discarded");
  });

  test("an event grows too old while it waits for the rate: the age counts when its attempt has failed", async () => {
    const atOnce = { description: "at once", attempts: Number.POSITIVE_INFINITY, next: () => 0 };
    const limited = { discardAfter: "5s", rate: { requests: 1, per: "2s" } } as const;
    const { times, outcome } = await attemptsOf(atOnce, HOUR, limited);
    expect(times).toEqual([0, 2_000, 4_000, 6_000]);
    expect(outcome?.status).toBe("discarded");
  });
});

describe("what a schedule refuses", () => {
  test.each([
    ["waits of nothing", () => waits([]), "waits"],
    ["a wait that is no duration", () => waits(["1s", "soon"]), "waits[1]"],
    ["an interval of nothing", () => every(0, { for: "1h" }), "every"],
    ["no end", () => every("1h", {} as never), "every.for"],
    ["an unknown option of every", () => every("1h", { until: "1h" } as never), "every.until"],
    ["an unknown option of exponential", () => exponential({ base: 2 } as never), "exponential.base"],
    ["null", () => exponential({ cap: null } as never), "exponential.cap"],
    ["a factor under 1", () => exponential({ factor: 0.5 }), "exponential.factor"],
    ["a cap under the first wait", () => exponential({ initial: "10s", cap: "5s" }), "exponential.cap"],
    ["an unknown jitter", () => exponential({ jitter: "half" as never }), "exponential.jitter"],
    ["no retries", () => exponential({ retries: 0 }), "exponential.retries"],
  ])("%s", (_name, make, option) => {
    expect(make).toThrow(expect.objectContaining({ name: "ConfigurationError", option }));
  });
});
