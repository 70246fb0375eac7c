import type { InspectableReplayStore, ReplayStore, Twin } from "../replay/store.ts";

/** What the contract needs: a store, and a way to let its time pass without sleeping. */
export interface ReplayStoreSubject<Store extends ReplayStore = ReplayStore> {
  /** Fresh, or shared with keys that are random: the cases collide with nothing. */
  readonly store: Store;
  /** Lets this many milliseconds pass for all keys of the store. */
  elapse(milliseconds: number): void | Promise<void>;
}

/** One promise that every store must keep; hand `name` and `run` to `it()` or `test()`. */
export interface ContractCase {
  /** The promise as a sentence, for the runner's report. */
  readonly name: string;
  /** Rejects with what the store did instead. */
  run(): Promise<void>;
}

/**
 * What every `ReplayStore` must do. Run it for your own store with any test runner.
 *
 * @param create makes a fresh subject; keys are random, so one real server may serve all cases
 * @example
 * ```ts
 * import { memoryReplayStore } from "@countersign/core";
 * import { fakeClock, replayStoreContract } from "@countersign/core/testing";
 *
 * const cases = replayStoreContract(() => {
 *   const clock = fakeClock();
 *   return { store: memoryReplayStore({ clock }), elapse: (milliseconds) => clock.advance(milliseconds) };
 * });
 * for (const { run } of cases) await run(); // or: it(name, run)
 * ```
 */
export function replayStoreContract(create: () => ReplayStoreSubject | Promise<ReplayStoreSubject>): ContractCase[] {
  return casesOf(CASES, create);
}

/**
 * What every {@link InspectableReplayStore} must do beyond {@link replayStoreContract}: `inspect` and `forget`.
 *
 * @param create makes a fresh subject; keys are random, so one real server may serve all cases
 */
export function inspectableReplayStoreContract(
  create: () => ReplayStoreSubject<InspectableReplayStore> | Promise<ReplayStoreSubject<InspectableReplayStore>>,
): ContractCase[] {
  return casesOf(INSPECTABLE, create);
}

function casesOf<Store extends ReplayStore>(
  cases: Readonly<Record<string, (scene: Scene<Store>) => Promise<void>>>,
  create: () => ReplayStoreSubject<Store> | Promise<ReplayStoreSubject<Store>>,
): ContractCase[] {
  return Object.entries(cases).map(([name, check]) => ({
    name,
    async run() {
      const subject = await create();
      // A key and its twin begin with the same {…}: a cluster keeps them in one place by it.
      const key = `{contract}:${crypto.randomUUID()}`;
      await check({ ...subject, key, other: `${key}:other`, twin: { key: `${key}:twin`, ttl: TTL } });
    },
  }));
}

declare const crypto: { randomUUID(): string };

interface Scene<Store extends ReplayStore = ReplayStore> extends ReplayStoreSubject<Store> {
  readonly key: string;
  readonly other: string;
  readonly twin: Twin;
}

const LEASE = 60_000;
const TTL = 600_000;

const CASES: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  "a free key is claimed": async ({ store, key }) => {
    equal(await store.claim(key, "a", LEASE), "new");
  },
  "a claimed key is busy for everybody else": async ({ store, key, other }) => {
    await store.claim(key, "a", LEASE);
    equal(await store.claim(key, "b", LEASE), "busy");
    equal(await store.claim(other, "b", LEASE), "new");
  },
  "a claim that its holder repeats is still its own": async ({ store, key }) => {
    await store.claim(key, "a", LEASE);
    equal(await store.claim(key, "a", LEASE), "new");
  },
  "only one of many that claim at once succeeds": async ({ store, key }) => {
    const states = await Promise.all(Array.from({ length: 20 }, (_, i) => store.claim(key, `t${i}`, LEASE)));
    equal(states.filter((state) => state === "new").length, 1);
    equal(states.filter((state) => state === "busy").length, 19);
  },
  "a committed key is done": async ({ store, key }) => {
    await store.claim(key, "a", LEASE);
    equal(await store.commit(key, "a", TTL), true);
    equal(await store.claim(key, "b", LEASE), "done");
    equal(await store.claim(key, "a", LEASE), "done");
  },
  "done outlives the lease and ends with its own time": async ({ store, key, elapse }) => {
    await store.claim(key, "a", LEASE);
    await store.commit(key, "a", TTL);
    await elapse(TTL - 5_000);
    equal(await store.claim(key, "b", LEASE), "done");
    await elapse(5_001);
    equal(await store.claim(key, "b", LEASE), "new");
  },
  "a commit that is repeated is still a success": async ({ store, key }) => {
    await store.claim(key, "a", LEASE);
    await store.commit(key, "a", TTL);
    const again = await store.commit(key, "a", TTL);
    equal(typeof again, "boolean");
    equal(await store.claim(key, "b", LEASE), "done");
  },
  "a released key is free at once": async ({ store, key }) => {
    await store.claim(key, "a", LEASE);
    equal(await store.release(key, "a"), true);
    equal(await store.claim(key, "b", LEASE), "new");
  },
  "the lease frees the key of a crashed process": async ({ store, key, elapse }) => {
    await store.claim(key, "a", LEASE);
    await elapse(LEASE - 5_000);
    equal(await store.claim(key, "b", LEASE), "busy");
    await elapse(5_001);
    equal(await store.claim(key, "b", LEASE), "new");
  },
  "an extended claim lasts longer": async ({ store, key, elapse }) => {
    await store.claim(key, "a", LEASE);
    await elapse(LEASE - 5_000);
    equal(await store.extend(key, "a", LEASE), true);
    await elapse(LEASE - 5_000);
    equal(await store.claim(key, "b", LEASE), "busy");
  },
  "only the holder can extend, commit or release": async ({ store, key }) => {
    await store.claim(key, "a", LEASE);
    equal(await store.extend(key, "b", LEASE), false);
    equal(await store.commit(key, "b", TTL), false);
    equal(await store.release(key, "b"), false);
    equal(await store.claim(key, "c", LEASE), "busy");
  },
  "a holder whose lease ran out cannot touch its successor's claim": async ({ store, key, elapse }) => {
    await store.claim(key, "a", LEASE);
    await elapse(LEASE + 1);
    await store.claim(key, "b", LEASE);
    equal(await store.extend(key, "a", LEASE), false);
    equal(await store.release(key, "a"), false);
    equal(await store.commit(key, "a", TTL), false);
    equal(await store.claim(key, "c", LEASE), "busy");
    equal(await store.commit(key, "b", TTL), true);
  },
  "work that ended after its lease is remembered when nobody took over": async ({ store, key, elapse }) => {
    await store.claim(key, "a", LEASE);
    await elapse(LEASE + 1);
    equal(await store.commit(key, "a", TTL), true);
    equal(await store.claim(key, "b", LEASE), "done");
  },
  "a claim that lapsed is held again when nobody took over": async ({ store, key, elapse }) => {
    await store.claim(key, "a", LEASE);
    await elapse(LEASE + 1);
    equal(await store.extend(key, "a", LEASE), true);
    equal(await store.claim(key, "b", LEASE), "busy");
  },
  "what is done can be neither released nor extended": async ({ store, key }) => {
    await store.claim(key, "a", LEASE);
    await store.commit(key, "a", TTL);
    equal(await store.release(key, "a"), false);
    equal(await store.extend(key, "a", LEASE), false);
    equal(await store.claim(key, "b", LEASE), "done");
  },
  "a claim takes a key and its twin together": async ({ store, key, other, twin }) => {
    equal(await store.claim(key, "a", LEASE, twin), "new");
    equal(await store.claim(twin.key, "b", LEASE), "busy");
    equal(await store.claim(other, "b", LEASE, twin), "busy");
    equal(await store.claim(key, "a", LEASE, twin), "new");
  },
  "a key whose twin is done is done": async ({ store, key, other, twin }) => {
    await store.claim(key, "a", LEASE, twin);
    equal(await store.commit(key, "a", TTL, twin), true);
    equal(await store.claim(twin.key, "b", LEASE), "done");
    equal(await store.claim(other, "b", LEASE, twin), "done");
    // What one of the two has learned, the other was told.
    equal(await store.claim(other, "b", LEASE), "done");
  },
  "a twin that comes while the key is busy shares its end": async ({ store, key, other, twin }) => {
    const late = { key: `${key}:late`, ttl: TTL };
    await store.claim(key, "a", LEASE, twin);
    equal(await store.claim(key, "b", LEASE, late), "busy");
    equal(await store.claim(late.key, "b", LEASE), "busy");
    await store.commit(key, "a", TTL, twin);
    equal(await store.claim(late.key, "b", LEASE), "done");
    equal(await store.claim(other, "b", LEASE, late), "done");
  },
  "a released key frees its twin": async ({ store, key, other, twin }) => {
    await store.claim(key, "a", LEASE, twin);
    equal(await store.release(key, "a"), true);
    equal(await store.claim(other, "b", LEASE, twin), "new");
    equal(await store.claim(key, "c", LEASE, twin), "busy");
    equal(await store.commit(other, "b", TTL, twin), true);
    equal(await store.claim(key, "c", LEASE, twin), "done");
    equal(await store.claim(twin.key, "c", LEASE), "done");
  },
  "a lease that ended frees key and twin": async ({ store, key, other, twin, elapse }) => {
    await store.claim(key, "a", LEASE, twin);
    await elapse(LEASE + 1);
    equal(await store.claim(other, "b", LEASE, twin), "new");
    equal(await store.claim(twin.key, "c", LEASE), "busy");
  },
  "a twin is known for as long as its key is done": async ({ store, key, twin, elapse }) => {
    await store.claim(key, "a", LEASE, twin);
    await elapse(LEASE / 2);
    await store.commit(key, "a", TTL, twin);
    await elapse(TTL - 5_000);
    equal(await store.claim(twin.key, "b", LEASE), "done");
    await elapse(5_001);
    equal(await store.claim(twin.key, "b", LEASE), "new");
  },
  "an extended claim holds its twin": async ({ store, key, twin, elapse }) => {
    await store.claim(key, "a", LEASE, twin);
    await elapse(LEASE - 5_000);
    equal(await store.extend(key, "a", LEASE), true);
    await elapse(LEASE - 5_000);
    equal(await store.claim(twin.key, "b", LEASE), "busy");
  },
  "two that are both done stay done together": async ({ store, key, other, twin }) => {
    await store.claim(key, "a", LEASE);
    await store.commit(key, "a", TTL);
    await store.claim(twin.key, "b", LEASE);
    await store.commit(twin.key, "b", TTL);
    equal(await store.claim(key, "c", LEASE, twin), "done");
    equal(await store.claim(other, "c", LEASE, twin), "done");
  },
  "only one of many that claim one twin at once succeeds": async ({ store, key, twin }) => {
    const states = await Promise.all(
      Array.from({ length: 20 }, (_, i) => store.claim(`${key}:${i}`, `t${i}`, LEASE, twin)),
    );
    equal(states.filter((state) => state === "new").length, 1);
    equal(states.filter((state) => state === "busy").length, 19);
  },
  "releasing a key that nobody holds does nothing": async ({ store, key }) => {
    equal(await store.release(key, "a"), false);
    equal(await store.claim(key, "b", LEASE), "new");
  },
};

const INSPECTABLE: Readonly<Record<string, (scene: Scene<InspectableReplayStore>) => Promise<void>>> = {
  "of a free key nothing is known": async ({ store, key }) => {
    equal(await store.inspect(key), undefined);
    equal(await store.forget(key), false);
  },
  "a claimed key is shown as claimed, under both of its names": async ({ store, key, twin }) => {
    await store.claim(key, "a", LEASE, twin);
    for (const name of [key, twin.key]) {
      const known = await store.inspect(name);
      equal(known?.state, "claimed");
      equal(known?.token, "a");
      near(Number(known?.until) - Number(known?.at), LEASE);
    }
    // To look changes nothing.
    equal(await store.claim(key, "b", LEASE, twin), "busy");
    equal(await store.commit(key, "a", TTL, twin), true);
  },
  "a handled key tells when it was handled": async ({ store, key, twin, elapse }) => {
    await store.claim(key, "a", LEASE, twin);
    await store.commit(key, "a", TTL, twin);
    const first = await store.inspect(key);
    equal(first?.state, "done");
    near(Number(first?.until) - Number(first?.at), TTL);
    equal(first?.state, "done");
    equal(first?.token, "a");
    equal((await store.inspect(twin.key))?.state, "done");
    await elapse(TTL + 1);
    equal(await store.inspect(key), undefined);
  },
  "what is forgotten is let in again, under both names": async ({ store, key, twin }) => {
    for (const name of [key, twin.key]) {
      equal(await store.claim(key, "a", LEASE, twin), "new");
      equal(await store.commit(key, "a", TTL, twin), true);
      equal(await store.forget(name), true);
      equal(await store.inspect(key), undefined);
      equal(await store.inspect(twin.key), undefined);
    }
    equal(await store.claim(twin.key, "b", LEASE), "new");
    equal(await store.claim(key, "c", LEASE), "new");
  },
  "a claim that is forgotten is lost to its holder once another takes it": async ({ store, key }) => {
    await store.claim(key, "a", LEASE);
    equal(await store.forget(key), true);
    equal(await store.claim(key, "b", LEASE), "new");
    equal(await store.extend(key, "a", LEASE), false);
    equal(await store.commit(key, "a", TTL), false);
  },
};

/** To a second: clocks of servers are read twice. */
function near(actual: number, expected: number): void {
  if (!(Math.abs(actual - expected) <= 1_000)) equal(actual, expected);
}

function equal(actual: unknown, expected: unknown): void {
  if (actual !== expected)
    throw new Error(`The store answered ${String(actual)} where the contract says ${String(expected)}.`);
}
