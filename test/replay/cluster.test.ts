/** Clusters and pools of Redis clients: told by what they can do, and run on a cluster of one node. */
import { memoryReplayStore } from "@countersign/core";
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import { type IoredisLike, type NodeRedisLike, redisReplayStore } from "@countersign/core/replay/redis";
import { inspectableReplayStoreContract, replayStoreContract } from "@countersign/core/testing";
import { Cluster, Redis } from "ioredis";
import { createClient, createClientPool, createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { hasOwnRedis, type OwnService, ownRedis } from "./services.ts";
import { until } from "./until.ts";

// Only a bound: a machine that others use too may be slow.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

const there = hasOwnRedis();

test("the real classes are told apart", async () => {
  const ioredis: IoredisLike[] = [
    new Redis({ lazyConnect: true }),
    new Cluster([{ host: "127.0.0.1", port: 1 }], { lazyConnect: true }),
  ];
  for (const client of ioredis) expect("defineCommand" in client).toBe(true);
  const nodeRedis: NodeRedisLike[] = [createClient(), createClientPool(), createCluster({ rootNodes: [] })];
  for (const client of nodeRedis) {
    expect("defineCommand" in client).toBe(false);
    expect(typeof client.eval).toBe("function");
  }
});

test("what is none of them is refused when it is given, not when it is used", () => {
  for (const wrong of [undefined, null, {}, "redis://127.0.0.1", memoryReplayStore()]) {
    expect(() => redisReplayStore(wrong as never)).toThrow(/ioredis or redis/);
    expect(() => postgresReplayStore(wrong as never)).toThrow(/pool or client of pg/);
  }
});

describe.runIf(there)("on a cluster", () => {
  let service: OwnService;
  let keys: Redis;
  beforeAll(async () => {
    service = await ownRedis(false, true);
    keys = new Redis(service.url);
    await keys.call("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await until("the cluster is up", async () =>
      String(await keys.call("CLUSTER", "INFO")).includes("cluster_state:ok"),
    );
  }, 30_000);
  afterAll(async () => {
    keys.disconnect();
    await service.destroy();
  });

  const elapse = async (milliseconds: number) => {
    for (const key of await keys.keys("*")) {
      const left = (await keys.pttl(key)) - milliseconds;
      if (left <= 0) await keys.del(key);
      else await keys.pexpire(key, left);
    }
  };
  const open = {
    ioredis: async () => {
      const cluster = new Cluster([service.url]);
      return { client: cluster as IoredisLike | NodeRedisLike, close: async () => void cluster.disconnect() };
    },
    "node-redis": async () => {
      const cluster = createCluster({ rootNodes: [{ url: service.url }] });
      cluster.on("error", () => {});
      await cluster.connect();
      return { client: cluster as IoredisLike | NodeRedisLike, close: async () => void cluster.destroy() };
    },
  };

  describe.each(["ioredis", "node-redis"] as const)("by %s", (name) => {
    let opened: Awaited<ReturnType<(typeof open)[typeof name]>>;
    beforeAll(async () => {
      opened = await open[name]();
    });
    afterAll(() => opened.close());
    const subject = () => ({ store: redisReplayStore(opened.client), elapse });
    const cases = [...replayStoreContract(subject), ...inspectableReplayStoreContract(subject)];
    test.each(cases.map(({ name, run }) => [name, run] as const))("%s", async (_, run) => run());

    test("it is ready", async () => {
      await redisReplayStore(opened.client).ready();
    });

    test("keys lie in many slots, so that a cluster shares the work", async () => {
      const store = redisReplayStore(opened.client, { prefix: "spread:" });
      for (let i = 0; i < 50; i++) expect(await store.claim(`${name} ${i}`, "t", 60_000)).toBe("new");
      const slots = new Set<unknown>();
      for (const key of await keys.keys("spread:*")) slots.add(await keys.call("CLUSTER", "KEYSLOT", key));
      expect(slots.size).toBeGreaterThan(30);
    });
  });
});
