import { createSender, every, exponential, never, type Schedule, waits } from "@countersign/sender";
import { describe, expect, it } from "vitest";
import { stubTransport, testClock } from "./support.ts";

const HOUR = 3_600_000;

/** Times of all attempts at an endpoint that never answers well, relative to the send. */
async function attemptsOf(retry: Schedule, pass: number, own: object = {}, random = () => 0.5) {
  const clock = testClock();
  const start = clock.now();
  const { transport, requests } = stubTransport(clock, () => 503);
  const sender = createSender({
    clock,
    random,
    transport,
    endpoints: [{ name: "e", url: "https://example.com/", retry, breaker: false, ...own }],
  });
  const handle = await sender.send({ type: "t", data: {} });
  await clock.pass(pass);
  const [outcome] = await handle.outcome();
  await sender.close();
  return { times: requests.map((request) => request.at - start), outcome };
}

describe("schedules with a fake clock", () => {
  it("waits: after each wait, then the dead letter", async () => {
    const { times, outcome } = await attemptsOf(waits(["1s", "2s", "4s", "8s", "16s"]), 60_000);
    expect(times).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000]);
    expect(outcome).toMatchObject({ status: "dead", reason: "exhausted", attempts: 6 });
    expect(outcome?.history).toHaveLength(6);
  });

  it("every … for: hourly for 24 hours is one attempt and 24 retries", async () => {
    const { times } = await attemptsOf(every("1h", { for: "24h" }), 30 * HOUR);
    expect(times).toEqual(Array.from({ length: 25 }, (_, index) => index * HOUR));
  });

  it("exponential: each wait within its bound, all of the bound used", async () => {
    const low = await attemptsOf(exponential({ initial: "1s", factor: 2, cap: "5s", retries: 5 }), 60_000, {}, () => 0);
    expect(low.times).toEqual([0, 0, 0, 0, 0, 0]);
    const high = await attemptsOf(
      exponential({ initial: "1s", factor: 2, cap: "5s", retries: 5 }),
      60_000,
      {},
      () => 0.999_999,
    );
    expect(high.times).toEqual([0, 999, 2_998, 6_997, 11_996, 16_995]);
    const schedule = exponential({ initial: 1_000, factor: 3, cap: 20_000, retries: 8 });
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

  it("never: one attempt", async () => {
    const { times, outcome } = await attemptsOf(never(), HOUR);
    expect(times).toEqual([0]);
    expect(outcome?.status).toBe("dead");
  });

  it("discardAfter ends before the schedule does, without a dead letter", async () => {
    const { times, outcome } = await attemptsOf(every("1s", { for: "1h" }), HOUR, { discardAfter: "5s" });
    expect(times).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
    expect(outcome?.status).toBe("discarded");
  });
});
