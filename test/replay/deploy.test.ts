/** A rolling deploy: processes of an older and a newer version on one store, and nothing is handled twice. */
import {
  bridgeReplayStores,
  createVerifier,
  defineReplayStore,
  memoryReplayStore,
  type ReplayStore,
  sign,
} from "@countersign/core";
import { standardWebhooks, tailscale } from "@countersign/core/providers";
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import { redisReplayStore } from "@countersign/core/replay/redis";
import { fakeClock, replayStoreContract } from "@countersign/core/testing";
import { Redis } from "ioredis";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { clear, freshSpace } from "./clients.ts";
import { secret, signed } from "./kit.ts";
import { olderPostgresStore, olderTable } from "./older/postgres.ts";
import { olderRedisStore } from "./older/redis.ts";
import { available, DATABASE_URL, REDIS_URL } from "./services.ts";
import { Storm } from "./storm.ts";

const OPTIONS = { lease: "20s", wait: "15s" };

/** Everything is sent to two machines at once, and once more to all of them at the end. */
async function once(stores: readonly ReplayStore[]): Promise<Storm> {
  const storm = new Storm(stores, OPTIONS);
  storm.start(8);
  await storm.works(60);
  await storm.stop();
  await storm.repeat();
  return storm;
}

function expectOnce({ book, twice, count }: Storm): void {
  expect(book.handled.size).toBe(count);
  expect(twice).toEqual([]);
  expect(book.together).toEqual([]);
  expect(book.failures).toEqual([]);
}

describe.runIf(await available("Redis", REDIS_URL))("Redis: records without a time, and with one", () => {
  const redis = new Redis(REDIS_URL);
  const space = freshSpace();
  afterAll(async () => {
    await redis.quit();
    await clear("ioredis", REDIS_URL, space);
  });

  test("old and new processes handle each delivery once", { timeout: 60_000 }, async () => {
    const prefix = `${space}:`;
    const [older, newer] = [olderRedisStore(redis, prefix), redisReplayStore(redis, { prefix })];
    expectOnce(await once([older, newer, older]));
    expect(await older.claim("{old}:1", "o", 5_000)).toBe("new");
    expect(await newer.inspect("{old}:1")).toMatchObject({ state: "claimed", at: undefined });
    expect(await newer.claim("{old}:1", "n", 5_000)).toBe("busy");
    expect(await older.commit("{old}:1", "o", 5_000)).toBe(true);
    expect(await newer.inspect("{old}:1")).toMatchObject({ state: "done", at: undefined });
    expect(await newer.claim("{new}:1", "n", 5_000)).toBe("new");
    for (const settle of ["release", "extend", "commit"] as const)
      expect(await older[settle]("{new}:1", "o", 5_000), settle).toBe(false);
  });
});

describe.runIf(await available("PostgreSQL", DATABASE_URL))("PostgreSQL: a table without times, and with them", () => {
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 8 });
  const table = freshSpace();
  afterAll(async () => {
    await pool.end();
    await clear("pg", DATABASE_URL, table);
  });

  test("old and new processes handle each delivery once, and the new one adds its column", {
    timeout: 60_000,
  }, async () => {
    for (const statement of olderTable(table)) await pool.query(statement);
    const [older, newer] = [olderPostgresStore(pool, table), postgresReplayStore(pool, { table })];
    expect(await older.claim("old", "o", 5_000)).toBe("new");
    expect(await newer.claim("old", "n", 5_000)).toBe("busy");
    expectOnce(await once([older, newer, older]));
    expect(await newer.inspect("old")).toMatchObject({ state: "claimed", at: undefined });
  });
});

describe("another form of the keys", () => {
  /** A store whose user is of the next version: it writes another number into each key. */
  function nextVersion(store: ReplayStore): ReplayStore {
    const next = (key: string) => {
      const changed = key.replace("}:2:", "}:3:");
      if (changed === key) throw new Error(`${key} has no version 2.`);
      return changed;
    };
    const twinOf = (twin: Parameters<ReplayStore["claim"]>[3]) => twin && { ...twin, key: next(twin.key) };
    return defineReplayStore({
      claim: (key, token, lease, twin) => store.claim(next(key), token, lease, twinOf(twin)),
      commit: (key, token, ttl, twin) => store.commit(next(key), token, ttl, twinOf(twin)),
      release: (key, token) => store.release(next(key), token),
      extend: (key, token, lease) => store.extend(next(key), token, lease),
    });
  }

  test("without a bridge two versions know nothing of each other: the storm sees it", async () => {
    const store = memoryReplayStore();
    expect((await once([store, nextVersion(store)])).twice.length).toBeGreaterThan(0);
  });

  test("over a bridge each delivery is handled once, before, while and after the deploy", async () => {
    const store = memoryReplayStore();
    const bridge = bridgeReplayStores({ from: store, to: nextVersion(store) });
    expectOnce(await once([store, bridge, store]));
    expectOnce(await once([bridge, nextVersion(store)]));
    // What was handled over the bridge is known to the old version alone, and to the new one alone.
    const twin = { key: "{p}:2:c:1", ttl: 60_000 };
    expect(await bridge.claim("{p}:2:k:1", "t", 60_000, twin)).toBe("new");
    expect(await bridge.commit("{p}:2:k:1", "t", 60_000, twin)).toBe(true);
    expect(await store.claim(twin.key, "o", 60_000)).toBe("done");
    expect(await nextVersion(store).claim(twin.key, "n", 60_000)).toBe("done");
  });

  const cases = replayStoreContract(() => {
    const clock = fakeClock();
    const [from, to] = [memoryReplayStore({ clock }), memoryReplayStore({ clock })];
    return {
      store: bridgeReplayStores({ from, to }),
      elapse: (milliseconds: number) => clock.advance(milliseconds),
    };
  });
  test.each(cases.map(({ name, run }) => [name, run] as const))("a bridge is a store: %s", async (_, run) => run());

  test("what the new store has alone is refused by it, and given back to the old one", async () => {
    const [from, to] = [memoryReplayStore(), memoryReplayStore()];
    await to.claim("k", "other", 60_000);
    const bridge = bridgeReplayStores({ from, to });
    expect(await bridge.claim("k", "mine", 60_000)).toBe("busy");
    expect(from.inspect("k")).toBeUndefined();
  });
});

test("a stored key changed its form and kept its number: what a key is made of is fixed", async () => {
  const seen: unknown[] = [];
  const store: ReplayStore = {
    ...memoryReplayStore(),
    claim: (key, _, __, twin) => (seen.push([key, twin?.key]), "new"),
  };
  const clock = () => Date.UTC(2026, 0, 15, 12);
  await createVerifier(tailscale, { secret, replay: store, clock }).verify(await signed("fixed", clock()));
  const own = "whsec_Zml4ZWQ=";
  const headers = await sign(standardWebhooks, { secret: own, body: "{}", id: "msg_1", timestamp: new Date(clock()) });
  const replay = { store, namespace: "billing" };
  await createVerifier(standardWebhooks, { secret: own, replay, clock }).verify({ headers, body: "{}" });
  expect(seen).toMatchInlineSnapshot(`
    [
      [
        "{tailscale}:2:c:51ZxnhNOIDtSvM8G8G-cFMS41_V-atVlHpt1yVMyLy4",
        undefined,
      ],
      [
        "{standard-webhooks:DJXH7OHOGp}:2:k:1wktHXedXgdVqU08iU8gQjQF0j_VXBX4P-sSIjRXYoc",
        "{standard-webhooks:DJXH7OHOGp}:2:c:QKwt-cTnZlnPJJA3H681FkA_ikG2Sv67ctgjj2NZJkw",
      ],
    ]
  `);
});
