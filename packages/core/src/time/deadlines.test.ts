import { expect, test, vi } from "vitest";
import { fakeClock } from "../testing/clock.ts";
import { Deadlines } from "./deadlines.ts";

test("each one rings when it is due, under one timer", () => {
  const clock = fakeClock();
  const deadlines = new Deadlines(clock, 1_000);
  const [first, second, third] = [vi.fn(), vi.fn(), vi.fn()];
  deadlines.add(first);
  clock.advance(400);
  deadlines.add(second);
  deadlines.add(third);
  expect(clock.pending).toBe(1);
  deadlines.delete(third);
  clock.advance(600);
  expect(first).toHaveBeenCalledTimes(1);
  expect(second).not.toHaveBeenCalled();
  clock.advance(400);
  expect(second).toHaveBeenCalledTimes(1);
  expect(third).not.toHaveBeenCalled();
  expect(clock.pending).toBe(0);
});

test("a timer that finds nothing to do is not set again, until there is something", () => {
  const clock = fakeClock();
  const deadlines = new Deadlines(clock, 1_000);
  const late = vi.fn();
  deadlines.add(late);
  deadlines.delete(late);
  clock.advance(1_000);
  expect(clock.pending).toBe(0);
  deadlines.add(late);
  clock.advance(1_000);
  expect(late).toHaveBeenCalledTimes(1);
});
