import { type InspectableReplayStore, memoryReplayStore } from "@countersign/core";
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import { redisReplayStore } from "@countersign/core/replay/redis";
import {
  fakeClock,
  inspectableReplayStoreContract,
  type ReplayStoreSubject,
  replayStoreContract,
} from "@countersign/core/testing";
import { Redis } from "ioredis";
import pg from "pg";
import postgres from "postgres";
import { createClient } from "redis";
import { afterAll, describe, test } from "vitest";
import { available, DATABASE_URL, REDIS_URL } from "./services.ts";

const hasRedis = await available("Redis", REDIS_URL);
const hasPostgres = await available("PostgreSQL", DATABASE_URL);

type Subject = ReplayStoreSubject<InspectableReplayStore>;

function contract(name: string, create: () => Subject | Promise<Subject>, close?: () => unknown): void {
  describe(name, () => {
    for (const { name, run } of [...replayStoreContract(create), ...inspectableReplayStoreContract(create)])
      test(name, run);
    if (close !== undefined) afterAll(() => close() as Promise<void>);
  });
}

contract("memory", () => {
  const clock = fakeClock();
  return { store: memoryReplayStore({ clock }), elapse: (milliseconds) => clock.advance(milliseconds) };
});

if (hasRedis) {
  const prefix = `test:${process.pid}:`;
  const ioredis = new Redis(REDIS_URL);
  /** Redis has no clock to set, so the keys are aged instead. */
  const elapse = async (milliseconds: number) => {
    for (const key of await ioredis.keys(`${prefix}*`)) {
      const left = (await ioredis.pttl(key)) - milliseconds;
      if (left <= 0) await ioredis.del(key);
      else await ioredis.pexpire(key, left);
    }
  };
  contract("redis, by ioredis", () => ({ store: redisReplayStore(ioredis, { prefix: `${prefix}i:` }), elapse }));

  const client = createClient({ url: REDIS_URL });
  contract(
    "redis, by node-redis",
    async () => {
      if (!client.isOpen) await client.connect();
      return { store: redisReplayStore(client, { prefix: `${prefix}n:` }), elapse };
    },
    async () => {
      await client.close();
      await ioredis.quit();
    },
  );
}

if (hasPostgres) {
  const table = `replay_contract_${process.pid}`;
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 4 });
  const sql = postgres(DATABASE_URL, { max: 4, onnotice: () => {} });
  const elapse = async (milliseconds: number) => {
    await pool.query(`UPDATE ${table} SET expires = expires - $1::float8 * interval '1 millisecond'`, [milliseconds]);
  };
  contract("postgres, by pg", () => ({ store: postgresReplayStore(pool, { table }), elapse }));
  contract(
    "postgres, by Postgres.js",
    () => ({ store: postgresReplayStore(sql, { table }), elapse }),
    async () => {
      await pool.query(`DROP TABLE ${table}`);
      await Promise.all([pool.end(), sql.end()]);
    },
  );
}
