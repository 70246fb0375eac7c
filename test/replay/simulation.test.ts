import type { ReplayStore } from "@countersign/core";
import { expect, test } from "vitest";
import { type Sabotage, simulate } from "./simulation.ts";

// `npm run campaign -- simulation` runs more, from another seed.
const COUNT = Number(process.env.COUNTERSIGN_SCHEDULES ?? 400);
const FIRST = Number(process.env.COUNTERSIGN_SEED ?? 1_784_000_000);

async function violations(count: number, sabotage?: Sabotage): Promise<string[]> {
  const found: string[] = [];
  for (let seed = FIRST; seed < FIRST + count; seed++)
    for (const violation of (await simulate(seed, sabotage)).violations) found.push(`seed ${seed}: ${violation}`);
  return found;
}

test("what is promised holds under every schedule", { timeout: 60_000 + 50 * COUNT }, async () => {
  expect(await violations(COUNT)).toEqual([]);
});

test.each<[string, Sabotage, RegExp]>([
  ["an extension that does nothing", (store) => ({ ...store, extend: () => true }), /two at once/],
  [
    "a commit that releases",
    (store) => ({ ...store, commit: (key, token) => store.release(key, token) }),
    /again after an ack/,
  ],
  ["a claim that always succeeds", (store) => ({ ...store, claim: () => "new" }) as ReplayStore, /two at once|again/],
  [
    "a store that always says done",
    (store) => ({ ...store, claim: () => "done" }) as ReplayStore,
    /before it was handled/,
  ],
  [
    "a release that does not",
    (store) => ({ ...store, release: () => true, extend: () => true, claim: held(store) }),
    /never/,
  ],
])("the simulation sees %s", { timeout: 60_000 }, async (_, sabotage, violation) => {
  expect((await violations(40, sabotage)).join("\n")).toMatch(violation);
});

/** Claims that last for ever. */
function held(store: ReplayStore): ReplayStore["claim"] {
  return (key, token, _, twin) => store.claim(key, token, 3_600_000, twin);
}
