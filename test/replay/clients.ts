import type { ReplayStore } from "@countersign/core";
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import { redisReplayStore } from "@countersign/core/replay/redis";
import { Redis } from "ioredis";
import pg from "pg";
import postgres from "postgres";
import { createClient } from "redis";

/** A store on a connection of its own, as one machine has it. */
export interface Connected {
  readonly store: ReplayStore;
  close(): Promise<void>;
}

export type ClientName = "ioredis" | "node-redis" | "pg" | "Postgres.js";

/** `space` parts one test's keys from another's: a prefix in Redis, a table in PostgreSQL. */
export type Connect = (url: string, space: string) => Promise<Connected>;

// Without a listener an idle connection that breaks ends the process (pg, node-redis) or is printed (ioredis). What it
// means for a delivery is told by onFailure.
const ignore = (): void => {};

export const CLIENTS: Readonly<Record<ClientName, Connect>> = {
  async ioredis(url, space) {
    const client = new Redis(url, { enableOfflineQueue: false, lazyConnect: true, retryStrategy: () => 50 });
    client.on("error", ignore);
    await client.connect();
    return {
      store: redisReplayStore(client, { prefix: `${space}:` }),
      close: async () => client.disconnect(),
    };
  },
  async "node-redis"(url, space) {
    const client = createClient({ url, disableOfflineQueue: true, socket: { reconnectStrategy: () => 50 } });
    client.on("error", ignore);
    await client.connect();
    return {
      store: redisReplayStore(client, { prefix: `${space}:` }),
      close: async () => client.destroy(),
    };
  },
  async pg(url, space) {
    const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 2_000 });
    pool.on("error", ignore);
    return { store: postgresReplayStore(pool, { table: space }), close: () => pool.end() };
  },
  async "Postgres.js"(url, space) {
    const sql = postgres(url, { max: 4, onnotice: ignore, connect_timeout: 2, backoff: () => 0.05 });
    return { store: postgresReplayStore(sql, { table: space }), close: () => sql.end({ timeout: 1 }) };
  },
};

let spaces = 0;

/** A name that no other test, run or process uses. */
export function freshSpace(): string {
  return `replay_${process.pid}_${Date.now().toString(36)}_${++spaces}`;
}

/** Takes what a test has left in a shared service. */
export async function clear(client: ClientName, url: string, space: string): Promise<void> {
  if (client === "pg" || client === "Postgres.js") {
    const connection = new pg.Client({ connectionString: url });
    await connection.connect();
    await connection.query(`DROP TABLE IF EXISTS ${space}`);
    await connection.end();
    return;
  }
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${space}:*`, count: 1_000 })) {
    if (keys.length > 0) await redis.unlink(...(keys as string[]));
  }
  await redis.quit();
}
