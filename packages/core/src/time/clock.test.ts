import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../errors/errors.ts";
import { fakeClock } from "../testing/index.ts";
import { resolveClock, systemClock, within } from "./clock.ts";

describe("a clock", () => {
  test("is the system's unless one is given, or only its time", () => {
    expect(resolveClock(undefined)).toBe(systemClock);
    expect(resolveClock(() => 5).now()).toBe(5);
    expect(resolveClock({ now: () => 6 }).now()).toBe(6);
    const fake = fakeClock(7);
    expect(resolveClock(fake)).toBe(fake);
  });

  test.each([{}, { now: 5 }, 5, "now", null])("%j is none", (option) => {
    expect(() => resolveClock(option as never)).toThrow(ConfigurationError);
  });
});

describe("waiting a bounded time", () => {
  test("answers what comes in time, and leaves no timer", async () => {
    const clock = fakeClock();
    expect(await within(clock, 100, Promise.resolve("a"), () => "late")).toBe("a");
    await expect(within(clock, 100, Promise.reject(new Error("no")), () => "late")).rejects.toThrow("no");
    expect(clock.pending).toBe(0);
  });

  test("answers what to do when it is late, or throws it", async () => {
    const clock = fakeClock();
    const never = new Promise<string>(() => {});
    const late = within(clock, 100, never, () => "late");
    const thrown = within(clock, 100, never, () => {
      throw new Error("late");
    });
    clock.advance(99);
    expect(clock.pending).toBe(2);
    clock.advance(1);
    expect(await late).toBe("late");
    await expect(thrown).rejects.toThrow("late");
  });
});
