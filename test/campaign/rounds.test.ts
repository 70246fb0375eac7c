import { fakeClock } from "@countersign/core/testing";
import { expect, test } from "vitest";
import { readArguments, rounds } from "./rounds.ts";

/** A campaign whose rounds take 30 seconds each; `fails` is the seed that finds something. */
async function campaign(minutes: number, given: { fails?: number; seed?: number } = {}) {
  const clock = fakeClock();
  const printed: string[] = [];
  let drawn = 100;
  const held = await rounds({
    minutes,
    ...(given.seed !== undefined && { seed: given.seed }),
    now: clock.now,
    draw: () => ++drawn,
    again: "npm run campaign --",
    run: async (seed) => {
      clock.advance(30_000);
      return { held: seed !== given.fails, said: "the counterexample" };
    },
    print: (line) => printed.push(line),
  });
  return { held, printed };
}

test("each round has a new seed, until the time is over", async () => {
  const { held, printed } = await campaign(1);
  expect(held).toBe(true);
  expect(printed).toEqual(["round 1, seed 101: ok (30 s)", "round 2, seed 102: ok (30 s)"]);
});

test("one round is run even when there is no time", async () => {
  expect((await campaign(0)).printed).toHaveLength(1);
});

test("a failure ends it, and says how to repeat it", async () => {
  const { held, printed } = await campaign(10, { fails: 102 });
  expect(held).toBe(false);
  expect(printed.slice(1)).toEqual([
    "round 2, seed 102: FAILED (30 s)",
    "the counterexample",
    "To repeat it: npm run campaign -- --seed 102",
  ]);
});

test("a seed that is given is the only one", async () => {
  expect((await campaign(10, { seed: 7 })).printed).toEqual(["round 1, seed 7: ok (30 s)"]);
});

test("arguments are read whole or not at all", () => {
  expect(readArguments([])).toEqual({
    name: "properties",
    minutes: 10,
    schedules: 100_000,
    deliveries: 20_000,
    kills: 50,
  });
  expect(readArguments(["--minutes", "0.5", "--seed", "2035162390"])).toMatchObject({
    minutes: 0.5,
    seed: 2_035_162_390,
  });
  expect(readArguments(["simulation", "--schedules", "5"])).toMatchObject({ name: "simulation", schedules: 5 });
  expect(readArguments(["fleet", "--deliveries", "500"])).toMatchObject({ name: "fleet", deliveries: 500 });
  expect(readArguments(["keep-sqlite", "--kills", "5"])).toMatchObject({ name: "keep-sqlite", kills: 5 });
  for (const args of [["--minutes"], ["--minutes", "ten"], ["--seed", "-1"], ["--rounds", "3"], ["10"], ["chat"]]) {
    expect(() => readArguments(args)).toThrow("is none of");
  }
});
