import { fakeClock } from "@countersign/core/testing";
import { expect, test } from "vitest";
import { Deadlines } from "./deadlines.ts";

function stage() {
  const clock = fakeClock();
  const deadlines = new Deadlines(clock);
  const late: string[] = [];
  const add = (name: string, milliseconds: number) =>
    deadlines.add({ late: () => void late.push(`${name} ${clock.now()}`) }, clock.now(), milliseconds);
  return { clock, deadlines, late, add };
}

test("each is told at its time, whatever their lengths", () => {
  const { clock, late, add } = stage();
  add("long", 1_000);
  clock.advance(10);
  add("short", 100);
  add("long too", 1_000);
  clock.advance(2_000);
  expect(late).toEqual(["short 110", "long 1000", "long too 1010"]);
});

test("one that is taken back is not told, in the line's beginning, middle or end", () => {
  const { clock, deadlines, late, add } = stage();
  const all = ["a", "b", "c", "d", "e"].map((name) => add(name, 1_000));
  for (const index of [0, 2, 4]) deadlines.delete(all[index] as (typeof all)[number]);
  clock.advance(1_000);
  expect(late).toEqual(["b 1000", "d 1000"]);
  // Taken back again, and after it was told: no error, and nobody else's is lost.
  add("f", 1_000);
  for (const one of all) deadlines.delete(one);
  clock.advance(1_000);
  expect(late).toEqual(["b 1000", "d 1000", "f 2000"]);
});

test("ten thousand requests set one timer for each length", () => {
  const { clock, deadlines, add } = stage();
  for (let n = 0; n < 10_000; n += 1) deadlines.delete(add("x", n % 2 === 0 ? 1_000 : 30_000));
  expect(clock.pending).toBe(2);
  clock.advance(30_000);
  expect(clock.pending).toBe(0);
});

test("one that is told may set another of the same length", () => {
  const clock = fakeClock();
  const deadlines = new Deadlines(clock);
  let told = 0;
  const again = {
    late() {
      told += 1;
      if (told < 5) deadlines.add(again, clock.now(), 50);
    },
  };
  deadlines.add(again, clock.now(), 50);
  clock.advance(1_000);
  expect(told).toBe(5);
  expect(clock.pending).toBe(0);
});

test("a length beyond what a timer can wait is waited out", () => {
  const { clock, late, add } = stage();
  add("month", 2_600_000_000);
  clock.advance(2_599_999_999);
  expect(late).toEqual([]);
  clock.advance(1);
  expect(late).toEqual(["month 2600000000"]);
});
