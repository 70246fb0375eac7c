import { describe, expect, test } from "vitest";
import { stageOne } from "../testing/stage-one.ts";
import { waits } from "./schedule.ts";

/** The wait between a 429 with this header and the next attempt; the schedule alone would wait two seconds. */
async function waitAfter(value: string | undefined, ceiling = "1h"): Promise<number> {
  const headers: Record<string, string> = value === undefined ? {} : { "retry-after": value };
  const { clock, sender, times } = stageOne({ retry: waits(["2s"]), retryAfterCeiling: ceiling }, (index) =>
    index === 0 ? { status: 429, headers } : 200,
  );
  await sender.send({ type: "t", data: {} });
  await clock.advanceAsync(100 * 3_600_000);
  await sender.close();
  const [first, second] = times();
  return (second as number) - (first as number);
}

describe("429 with every shape of Retry-After", () => {
  test.each([
    ["absent", undefined, 2_000],
    ["seconds", "30", 30_000],
    ["fewer seconds than the schedule: it only delays", "1", 2_000],
    ["zero", "0", 2_000],
    ["decimal seconds, rounded up", "2.0001", 2_001],
    ["a date", "Thu, 01 Jan 2026 00:01:00 GMT", 60_000],
    ["a date in the past", "Thu, 01 Jan 2015 00:01:00 GMT", 2_000],
    ["an RFC 850 date", "Thursday, 01-Jan-26 00:01:00 GMT", 60_000],
    ["an asctime date", "Thu Jan  1 00:01:00 2026", 60_000],
    ["an asctime date with two digits", "Sat Jan 10 00:00:00 2026", 3_600_000],
    ["an RFC 850 year more than 50 years ahead is one of the last century", "Friday, 01-Jan-99 00:00:00 GMT", 2_000],
    ["a day that the month does not have", "Thu, 31 Feb 2026 00:01:00 GMT", 2_000],
    ["an hour that the day does not have", "Thu, 01 Jan 2026 25:01:00 GMT", 2_000],
    ["a date of another zone", "Thu, 01 Jan 2026 00:01:00 CET", 2_000],
    ["beyond the ceiling", "86400", 3_600_000],
    ["a date beyond the ceiling", "Thu, 01 Jan 2099 00:00:00 GMT", 3_600_000],
    ["more digits than a number holds", "9".repeat(40), 3_600_000],
    ["inf", "inf", 2_000],
    ["Infinity", "Infinity", 2_000],
    ["NaN", "NaN", 2_000],
    ["negative", "-5", 2_000],
    ["exponent", "1e3", 2_000],
    ["hex", "0x10", 2_000],
    ["garbage", "soon; very soon", 2_000],
    ["ISO date", "2026-01-01T00:01:00Z", 2_000],
    ["two values", "30, 60", 2_000],
    ["very long", "1".repeat(10_000), 2_000],
  ])("%s", async (_name, value, wait) => {
    expect(await waitAfter(value)).toBe(wait);
  });

  test("the ceiling is an option", async () => {
    expect(await waitAfter("3600", "10s")).toBe(10_000);
  });

  test("holds back the whole endpoint, not only the event", async () => {
    const { clock, sender, times } = stageOne({ retry: waits(["1s"]) }, (index) =>
      index === 0 ? { status: 429, headers: { "retry-after": "30" } } : 200,
    );
    await sender.send({ type: "t", data: 1 });
    await clock.advanceAsync(1_000);
    await sender.send({ type: "t", data: 2 });
    await clock.advanceAsync(60_000);
    expect(times()).toEqual([0, 30_000, 30_000]);
    await sender.close();
  });
});
