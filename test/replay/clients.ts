import net from "node:net";
import type { ReplayStore } from "@countersign/core";
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import { redisReplayStore } from "@countersign/core/replay/redis";

/** A store on a connection of its own, as one machine has it. */
export interface Connected {
  readonly store: ReplayStore;
  close(): Promise<void>;
}

export type ClientName = "ioredis" | "node-redis" | "pg" | "Postgres.js";

/**
 * `space` parts one test's keys from another's: a prefix in Redis, a table in PostgreSQL. `patience`: after so many
 * milliseconds without an answer a connection counts as dead, by the options that core's docs/replay.md names.
 */
export type Connect = (url: string, space: string, patience?: number) => Promise<Connected>;

// Without a listener an idle connection that breaks ends the process (pg, node-redis) or is printed (ioredis). What it
// means for a delivery is told by onFailure.
const ignore = (): void => {};

/** Each is loaded when it is asked for: a process of a fleet has one of them, and all would be most of its start. */
export const CLIENTS: Readonly<Record<ClientName, Connect>> = {
  async ioredis(url, space, patience) {
    const { Redis } = await import("ioredis");
    const client = new Redis(url, {
      enableOfflineQueue: false,
      lazyConnect: true,
      retryStrategy: () => 50,
      ...(patience !== undefined && { socketTimeout: patience, connectTimeout: patience }),
    });
    client.on("error", ignore);
    await client.connect();
    return {
      store: redisReplayStore(client, { prefix: `${space}:`, ...twice(patience) }),
      close: async () => client.disconnect(),
    };
  },
  async "node-redis"(url, space, patience) {
    const { createClient } = await import("redis");
    const client = createClient({
      url,
      disableOfflineQueue: true,
      socket: {
        reconnectStrategy: () => 50,
        ...(patience !== undefined && { socketTimeout: patience, connectTimeout: patience }),
      },
      // An idle connection has nothing to answer: the ping keeps it from counting as dead.
      ...(patience !== undefined && { pingInterval: patience / 2 }),
    });
    client.on("error", ignore);
    await client.connect();
    return {
      store: redisReplayStore(client, { prefix: `${space}:`, ...twice(patience) }),
      close: async () => client.destroy(),
    };
  },
  async pg(url, space, patience) {
    const { default: pg } = await import("pg");
    const pool = new pg.Pool({
      connectionString: url,
      max: 4,
      connectionTimeoutMillis: patience ?? 2_000,
      ...(patience !== undefined && { query_timeout: patience }),
    });
    pool.on("error", ignore);
    return { store: postgresReplayStore(pool, { table: space, ...twice(patience) }), close: () => pool.end() };
  },
  async "Postgres.js"(url, space, patience) {
    const { default: postgres } = await import("postgres");
    const sql = postgres(url, {
      max: 4,
      onnotice: ignore,
      connect_timeout: 2,
      backoff: () => 0.05,
      // Postgres.js asks for them behind each connection's start, and nobody hears when that fails: the process ends.
      fetch_types: false,
      ...(patience !== undefined && { socket: impatient(patience) }),
    });
    return {
      store: postgresReplayStore(sql, { table: space, ...twice(patience) }),
      close: () => sql.end({ timeout: 1 }),
    };
  },
};

/** The store's own patience is longer than the client's, which then mends what the store can only leave in peace. */
function twice(patience: number | undefined): { timeout?: string } {
  return patience === undefined ? {} : { timeout: `${2 * patience}ms` };
}

/** A socket for Postgres.js, which has no limit of its own for an answer. */
function impatient(patience: number) {
  return ({ host: [host], port: [port] }: { host: string[]; port: number[] }): net.Socket => {
    const socket = net.connect({ host: host as string, port: port as number });
    return socket.setTimeout(patience, () => socket.destroy(new Error(`No answer in ${patience} ms.`)));
  };
}

let spaces = 0;

/** A name that no other test, run or process uses. */
export function freshSpace(): string {
  return `replay_${process.pid}_${Date.now().toString(36)}_${++spaces}`;
}

/** Takes what a test has left in a shared service. */
export async function clear(client: ClientName, url: string, space: string): Promise<void> {
  if (client === "pg" || client === "Postgres.js") {
    const { default: pg } = await import("pg");
    const connection = new pg.Client({ connectionString: url });
    await connection.connect();
    await connection.query(`DROP TABLE IF EXISTS ${space}`);
    await connection.end();
    return;
  }
  const { Redis } = await import("ioredis");
  const redis = new Redis(url);
  for await (const keys of redis.scanStream({ match: `${space}:*`, count: 1_000 })) {
    if (keys.length > 0) await redis.unlink(...(keys as string[]));
  }
  await redis.quit();
}
