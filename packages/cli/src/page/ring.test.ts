import { expect, test } from "vitest";
import type { Entry } from "./entry.ts";
import { Ring } from "./ring.ts";

const entry = (size: number, key?: string): Entry => ({
  ...(key === undefined ? {} : { key }),
  kept: 0,
  at: 0,
  from: "",
  request: { method: "POST", url: "/", headers: [], body: new Uint8Array(size), form: "", notes: [] },
  called: "",
  looksLike: "",
  standing: "unjudged",
  code: "",
  event: "",
  message: "",
  status: 0,
  findings: [],
  steps: [],
  origin: "",
});
const numbers = (ring: Ring) => [...ring].map(([id]) => id);

test("the oldest go when there are too many, or too large ones; the newest stays", () => {
  const many = new Ring({ deliveries: 3, bytes: 1e9 });
  for (let i = 0; i < 10; i++) many.put(entry(1));
  expect([numbers(many), many.oldest, many.size]).toEqual([[8, 9, 10], 8, 3]);
  const large = new Ring({ deliveries: 100, bytes: 11_000 });
  for (const size of [4_000, 4_000, 4_000]) large.put(entry(size));
  expect(numbers(large)).toEqual([2, 3]);
  large.put(entry(50_000));
  expect([numbers(large), large.oldest]).toEqual([[4], 4]);
  large.put(entry(1));
  expect(numbers(large)).toEqual([5]);
  expect(large.bytes).toBeLessThan(11_000);
});

test("what has become of a delivery takes its place, and counts once", () => {
  const ring = new Ring();
  expect([ring.put(entry(100, "a")), ring.put(entry(100)), ring.put(entry(5_000, "a"))]).toEqual([1, 2, 1]);
  expect([ring.size, ring.get(1)?.request.body.length, ring.get(3)]).toEqual([2, 5_000, undefined]);
  const before = ring.bytes;
  for (let i = 0; i < 1_000; i++) ring.put(entry(5_000, "a"));
  expect(ring.bytes).toBe(before);
});

test("an empty one has no oldest", () => {
  expect(new Ring().oldest).toBe(1);
});
