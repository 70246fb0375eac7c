import { fakeClock } from "@countersign/core/testing";
import type { ClaimRef } from "@countersign/sender";
import { expect, test } from "vitest";
import { Heartbeats } from "./heartbeats.ts";

const turn = () => new Promise((resolve) => setImmediate(resolve));

function kit(answer: (claims: readonly ClaimRef[]) => readonly ClaimRef[] = (claims) => claims) {
  const clock = fakeClock("2026-01-01T00:00:00Z");
  const beats: [string, number][] = [];
  const heartbeats = new Heartbeats(15_000, clock, async (claims, lease) => {
    beats.push([claims.map(({ id }) => id).join(), lease]);
    return answer(claims);
  });
  const pass = async (milliseconds: number) => {
    for (let left = milliseconds; left > 0; left -= 1_000) {
      await clock.advance(Math.min(left, 1_000));
      await turn();
    }
  };
  return { heartbeats, beats, pass };
}

test("what is held for long is renewed three times in each short lease, and never for longer than was asked", async () => {
  const { heartbeats, beats, pass } = kit();
  expect(heartbeats.short(90_000)).toBe(15_000);
  expect(heartbeats.short(1_000)).toBe(1_000);
  heartbeats.hold([{ id: "1", token: 1 }], 22_000);
  await pass(60_000);
  expect(beats).toEqual([
    ["1", 15_000],
    ["1", 12_000],
    ["1", 7_000],
    ["1", 2_000],
  ]);
});

test("what was written down, given back or lost is renewed no more", async () => {
  const { heartbeats, beats, pass } = kit((claims) => claims.filter(({ id }) => id !== "lost"));
  heartbeats.hold([1, 2, 3].map((n) => ({ id: `${n}`, token: 1 })).concat({ id: "lost", token: 1 }), 90_000, "me");
  heartbeats.hold([{ id: "yours", token: 1 }], 90_000, "you");
  await pass(5_000);
  heartbeats.drop(["1"]);
  await pass(5_000);
  heartbeats.dropAllBut("me", ["3"]);
  await pass(5_000);
  heartbeats.close();
  await pass(60_000);
  expect(beats.map(([ids]) => ids)).toEqual(["1,2,3,lost,yours", "2,3,yours", "3,yours"]);
});

test("a store that fails is asked again at the next beat", async () => {
  let failing = true;
  const { heartbeats, beats, pass } = kit((claims) => {
    if (failing) throw new Error("away");
    return claims;
  });
  heartbeats.hold([{ id: "1", token: 1 }], 90_000);
  await pass(5_000);
  failing = false;
  await pass(5_000);
  expect(beats.map(([ids]) => ids)).toEqual(["1", "1"]);
});
