/** What judges a campaign: each thing that must not be is seen, and each double is given its own cause. */
import { expect, test } from "vitest";
import { judge } from "./judge.ts";
import type { Life, Line } from "./log.ts";

const LEASE = 1_000;
const key = "{standard-webhooks}:2:k:digest";
const shown = "standard-webhooks:k:digest";

/** A run from its claim on: begun, handled after 10 ms, committed after 20 unless told otherwise. */
function run(at: number, token: string, { commit = true }: { commit?: boolean } = {}): Line[] {
  return [
    { what: "claim", asked: at, at: at + 1, key, token, answer: "new" },
    { what: "begun", at: at + 2, event: "e", token },
    { what: "handled", at: at + 10, event: "e", token },
    ...(commit ? [{ what: "commit" as const, asked: at + 11, at: at + 20, key, token, answer: true }] : []),
  ];
}

function told(at: number, operation: "commit" | "extend", reason: "timeout" | "failed" | "lost"): Line {
  return { what: "told", at, operation, reason, key: shown };
}

const life = (lines: readonly Line[], killed?: number): Life => ({ worker: "w", lines, killed });
const verdict = (lives: readonly Life[], acknowledged = 30) => judge(lives, new Map([["e", acknowledged]]), LEASE);

test("once and acknowledged after it: nothing to say", () => {
  expect(verdict([life(run(0, "a"))])).toMatchObject({ lost: [], violations: [], handled: 1 });
});

test("never handled is lost", () => {
  expect(verdict([life([])]).lost).toEqual(["e"]);
});

test("acknowledged before it was handled", () => {
  expect(verdict([life(run(0, "a"))], 5).violations).toEqual([expect.stringContaining("acknowledged before")]);
});

test("again after an acknowledged commit", () => {
  const { violations } = verdict([life([...run(0, "a"), ...run(5_000, "b")])]);
  expect(violations).toContainEqual(expect.stringContaining("again after an acknowledged commit"));
  expect(violations).toContainEqual(expect.stringContaining("nothing says why"));
});

test("by two at once, within a lease; a release that was asked for ends it", () => {
  const first = run(0, "a", { commit: false });
  expect(verdict([life(first), life(run(500, "b"))]).violations).toContainEqual(expect.stringContaining("two at once"));
  const released: Line[] = [...first, { what: "asked", at: 12, key, token: "a" }];
  expect(verdict([life(released), life(run(500, "b"))]).violations).not.toContainEqual(
    expect.stringContaining("two at once"),
  );
});

test.each([
  ["killed before its commit", [life(run(0, "a", { commit: false }), 15), life(run(2_000, "b"))]],
  [
    "commit not acknowledged",
    [life([...run(0, "a", { commit: false }), told(211, "commit", "timeout")]), life(run(2_000, "b"))],
  ],
  ["lease ran out", [life([...run(0, "a", { commit: false }), told(1_500, "extend", "lost")]), life(run(1_200, "b"))]],
] as const)("a double by its cause: %s", (cause, lives) => {
  const { doubles, violations } = verdict(lives);
  expect(violations).toEqual([]);
  expect(doubles).toMatchObject({ [cause]: 1 });
  expect(Object.values(doubles).reduce((sum, count) => sum + count)).toBe(1);
});

test("a cause that is not there excuses nothing", () => {
  const unsaid = run(0, "a", { commit: false });
  expect(verdict([life(unsaid), life(run(2_000, "b"))]).violations).toContainEqual(
    expect.stringContaining("nothing says why"),
  );
  // Killed before the handler ended, so it was not handled; killed after, the commit was acknowledged.
  expect(verdict([life(run(0, "a"), 25), life(run(2_000, "b"))]).violations).not.toEqual([]);
  // Lost, and yet taken within the lease.
  const early = [life([...unsaid, told(600, "commit", "lost")]), life(run(500, "b"))];
  expect(verdict(early).violations).not.toEqual([]);
});
