import { platform } from "#crypto";
import type { MaybePromise } from "../lib/promises.ts";
import type { InspectableReplayStore } from "./store.ts";
import { ReplayStoreError } from "./trouble.ts";

/** Long enough for a server that is slow today. */
const WHILE = 60_000;

/**
 * Each operation once, with a key that nobody else has, so that whatever is missing is missing now.
 *
 * @param explain why the server refused and how to mend it, by what it threw; `undefined` for what is passed on
 */
export async function rehearse(
  store: InspectableReplayStore,
  explain: (error: unknown) => MaybePromise<string | undefined>,
): Promise<void> {
  const key = `{countersign}:ready:${platform.nonce()}`;
  const twin = { key: `${key}:twin`, ttl: WHILE };
  const steps: readonly (readonly [string, unknown, () => unknown])[] = [
    ["claim", "new", () => store.claim(key, "ready", WHILE, twin)],
    ["extend", true, () => store.extend(key, "ready", WHILE)],
    ["release", true, () => store.release(key, "ready")],
    ["commit", true, () => store.commit(key, "ready", WHILE, twin)],
    ["forget", true, () => store.forget(key)],
  ];
  for (const [operation, expected, step] of steps) {
    let answer: unknown;
    try {
      answer = await step();
    } catch (error) {
      const why = await explain(error);
      if (why === undefined) throw error;
      throw new ReplayStoreError("store_not_ready", `The replay store cannot ${operation}: ${why}.`, error);
    }
    if (answer === "full") {
      throw new ReplayStoreError(
        "store_not_ready",
        "The replay store has no room for another key: its server is full.",
      );
    }
    if (answer !== expected) {
      throw new ReplayStoreError("store_not_ready", `The replay store answered ${String(answer)} to ${operation}.`);
    }
  }
}
