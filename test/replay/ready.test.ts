/** What is wrong with a server is told at the start, by `ready()`, and not by the first request. */
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { postgresReplayStore, postgresReplayTable } from "@countersign/core/replay/postgres";
import { redisReplayStore } from "@countersign/core/replay/redis";
import { Redis } from "ioredis";
import pg from "pg";
import { createClient } from "redis";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { freshSpace } from "./clients.ts";
import { available, DATABASE_URL, hasOwnRedis, type OwnService, ownRedis } from "./services.ts";

// Only a bound: a machine that others use too may be slow.
vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });

afterEach(() => vi.restoreAllMocks());

function notReady(message: RegExp) {
  return expect.objectContaining({ code: "store_not_ready", message: expect.stringMatching(message) });
}

describe.runIf(await available("PostgreSQL", DATABASE_URL))("PostgreSQL", () => {
  const space = freshSpace();
  const role = `${space}_role`;
  const admin = new pg.Pool({ connectionString: DATABASE_URL, max: 1 });
  const url = new URL(DATABASE_URL);
  url.username = role;
  const limited = new pg.Pool({ connectionString: url.href, max: 1 });
  const table = `${space}.replay`;

  beforeAll(async () => {
    await admin.query(`CREATE ROLE ${role} LOGIN`);
    await admin.query(`CREATE SCHEMA ${space}`);
  });
  afterAll(async () => {
    await limited.end();
    await admin.query(`DROP SCHEMA ${space} CASCADE`);
    await admin.query(`DROP ROLE ${role}`);
    await admin.end();
  });

  test("makes what it may, and leaves nothing", async () => {
    const own = `${space}.own`;
    await postgresReplayStore(admin, { table: own }).ready();
    const { rows } = await admin.query(`SELECT count(*)::int AS live FROM ${own} WHERE main IS NULL`);
    expect(rows).toEqual([{ live: 0 }]);
  });

  test("no schema", async () => {
    const store = postgresReplayStore(admin, { table: `${space}_no.replay` });
    await expect(store.ready()).rejects.toEqual(notReady(/no schema .*CREATE SCHEMA/));
  });

  test("no table, and none is to be made", async () => {
    const store = postgresReplayStore(admin, { table: `${space}.none`, create: false });
    await expect(store.ready()).rejects.toEqual(notReady(/no table .*postgresReplayTable/));
  });

  test("a table of an older version, that is not to be changed", async () => {
    await admin.query(
      `CREATE TABLE ${space}.old (key text PRIMARY KEY, token text NOT NULL, done boolean NOT NULL, expires timestamptz NOT NULL)`,
    );
    const store = postgresReplayStore(admin, { table: `${space}.old`, create: false });
    await expect(store.ready()).rejects.toEqual(notReady(/older version.*adds what is missing/));
    await postgresReplayStore(admin, { table: `${space}.old` }).ready();
    await store.ready();
  });

  test("no right: to the schema, to make the table, to one of the operations", async () => {
    const store = postgresReplayStore(limited, { table });
    await expect(store.ready()).rejects.toEqual(notReady(/GRANT the role USAGE/));
    await admin.query(`GRANT USAGE ON SCHEMA ${space} TO ${role}`);
    await expect(store.ready()).rejects.toEqual(notReady(/may not create it/));
    for (const statement of postgresReplayTable(table)) await admin.query(statement);
    await admin.query(`GRANT SELECT, INSERT ON ${table} TO ${role}`);
    await expect(store.ready()).rejects.toEqual(notReady(/lacks UPDATE, DELETE on/));
    await admin.query(`GRANT UPDATE, DELETE ON ${table} TO ${role}`);
    await store.ready();
  });

  test("a replica, or whatever else takes no writes", async () => {
    const replica = new pg.Pool({
      connectionString: DATABASE_URL,
      max: 1,
      options: "-c default_transaction_read_only=on",
    });
    try {
      await expect(postgresReplayStore(replica, { table }).ready()).rejects.toEqual(notReady(/replica/));
    } finally {
      await replica.end();
    }
  });

  test("a server that is away is the client's own error", async () => {
    const away = new pg.Pool({ host: "127.0.0.1", port: 1 });
    await expect(postgresReplayStore(away).ready()).rejects.toMatchObject({ code: "ECONNREFUSED" });
    await away.end();
  });
});

describe.runIf(hasOwnRedis())("Redis", () => {
  let service: OwnService;
  let admin: Redis;
  beforeAll(async () => {
    service = await ownRedis(false);
    admin = new Redis(service.url);
  });
  afterAll(async () => {
    admin.disconnect();
    await service.destroy();
  });

  const told: unknown[] = [];
  const hear = (message: unknown) => void told.push(message);
  beforeAll(() => void subscribe("countersign:store", hear));
  afterAll(() => void unsubscribe("countersign:store", hear));

  test.each(["noeviction", "allkeys-lru", "volatile-ttl"])("the policy %s", async (policy) => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    told.length = 0;
    await admin.config("SET", "maxmemory-policy", policy);
    const client = createClient({ url: service.url });
    await client.connect();
    await redisReplayStore(client).ready();
    await redisReplayStore(admin).ready();
    client.destroy();
    const evicts = policy === "noeviction" ? 0 : 2;
    expect(told).toHaveLength(evicts);
    expect(printed).toHaveBeenCalledTimes(evicts);
    if (evicts > 0) {
      expect(told[0]).toMatchObject({ reason: "store_evicts", message: expect.stringContaining(policy) });
      expect(printed.mock.lastCall?.[0]).toContain("noeviction");
    }
    await admin.config("SET", "maxmemory-policy", "noeviction");
  });

  test("a user who may not: what he needs is enough, and without INFO nothing is said", async () => {
    const printed = vi.spyOn(console, "error").mockImplementation(() => {});
    await admin.config("SET", "maxmemory-policy", "allkeys-lru");
    const url = new URL(service.url);
    url.username = "limited";
    url.password = "pass";
    const rights = ["~countersign:*", "+eval", "+get", "+set", "+del", "+pexpire", "+pttl", "+time"];
    await admin.call("ACL", "SETUSER", "limited", "on", ">pass", ...rights);
    const client = new Redis(url.href, { enableReadyCheck: false });
    const store = redisReplayStore(client);
    await store.ready();
    await store.claim("{a}:1", "token", 1_000);
    expect(await store.inspect("{a}:1")).toMatchObject({ state: "claimed" });
    expect(printed).not.toHaveBeenCalled();
    for (const right of ["eval", "set", "pexpire", "del"]) {
      await admin.call("ACL", "SETUSER", "limited", `-${right}`);
      await expect(store.ready(), right).rejects.toEqual(notReady(/its user may not/));
      await admin.call("ACL", "SETUSER", "limited", `+${right}`);
    }
    client.disconnect();
    await admin.config("SET", "maxmemory-policy", "noeviction");
  });

  test("a replica", async () => {
    await admin.config("SET", "min-replicas-to-write", "0");
    await admin.replicaof("127.0.0.1", "1");
    await expect(redisReplayStore(admin).ready()).rejects.toEqual(notReady(/replica/));
    await admin.replicaof("NO", "ONE");
  });

  test("memory is full: new claims are refused as full, and what is held is extended, committed and released", async () => {
    const store = redisReplayStore(admin);
    const twin = (n: number) => ({ key: `{full}:${n}:twin`, ttl: 60_000 });
    for (const n of [1, 2, 3, 4, 6]) expect(await store.claim(`{full}:${n}`, `t${n}`, 60_000, twin(n))).toBe("new");
    expect(await store.commit("{full}:4", "t4", 60_000, twin(4))).toBe(true);
    await admin.config("SET", "maxmemory", "1mb");
    try {
      await expect(admin.set("anything", "else")).rejects.toThrow(/OOM/);
      expect(await store.claim("{full}:5", "t5", 60_000, twin(5))).toBe("full");
      await expect(store.ready()).rejects.toEqual(notReady(/no room/));
      expect(await store.extend("{full}:1", "t1", 60_000)).toBe(true);
      expect(await store.commit("{full}:1", "t1", 60_000, twin(1))).toBe(true);
      expect(await store.commit("{full}:2", "t2", 60_000, twin(2))).toBe(true);
      expect(await store.release("{full}:3", "t3")).toBe(true);
      // A lease that ran out meanwhile: the work was done, and is remembered.
      await admin.del("countersign:{full}:6");
      expect(await store.commit("{full}:6", "t6", 60_000, twin(6))).toBe(true);
      // A retry of what is done is told so, also with a second name that there is no room for.
      expect(await store.claim("{full}:1", "t6", 60_000, { key: "{full}:new", ttl: 60_000 })).toBe("done");
      expect(await store.claim("{full}:4", "t6", 60_000, twin(4))).toBe("done");
    } finally {
      await admin.config("SET", "maxmemory", "0");
    }
    expect(await store.claim("{full}:2", "t7", 60_000)).toBe("done");
  });
});
