import { migratePostgresOutbox, type PostgresClient, postgresOutbox } from "@countersign/outbox/postgres";
import pg from "pg";
import postgres from "postgres";

/** A connection as one process has it. */
export interface Connected {
  readonly client: PostgresClient;
  close(): Promise<void>;
}

// Without a listener an idle connection that breaks ends the process.
const ignore = (): void => {};

/** The drivers, by name. */
export const DRIVERS: Readonly<Record<"pg" | "Postgres.js", (url: string) => Connected>> = {
  pg(url) {
    const pool = new pg.Pool({ connectionString: url, max: 4, connectionTimeoutMillis: 5_000 });
    pool.on("error", ignore);
    return { client: pool, close: () => pool.end() };
  },
  "Postgres.js"(url) {
    const sql = postgres(url, { max: 4, onnotice: ignore, connect_timeout: 5, backoff: () => 0.05 });
    return { client: sql, close: () => sql.end({ timeout: 1 }) };
  },
};

let schemas = 0;

/** A name that no other test, run or process uses. */
export function freshSchema(): string {
  return `outbox_${process.pid}_${Date.now().toString(36)}_${++schemas}`;
}

/** Runs statements on a connection of their own. */
export async function run(url: string, ...statements: readonly string[]): Promise<readonly Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let rows: readonly Record<string, unknown>[] = [];
    for (const statement of statements) ({ rows } = await client.query(statement));
    return rows;
  } finally {
    await client.end();
  }
}

/** Lets time pass on the server's clock: everything in the tables is as much longer ago. */
export function shift(schema: string, milliseconds: number): string {
  return `
    UPDATE ${schema}.outbox_item SET due = due - ${milliseconds}, enqueued = enqueued - ${milliseconds},
      tried = tried - ${milliseconds}, ended = ended - ${milliseconds};
    UPDATE ${schema}.outbox_state SET paused = greatest(0, paused - ${milliseconds}), alone_until = alone_until - ${milliseconds}`;
}

/** No signs of life: time passes in the tables alone here. */
const lease = "1h";

/** What the contract suite asks for, over a driver and in a schema of its own. */
export function underTest(url: string, driver: keyof typeof DRIVERS) {
  return async () => {
    const schema = freshSchema();
    const open: Connected[] = [];
    const connect = () => {
      const connected = DRIVERS[driver](url);
      open.push(connected);
      return connected.client;
    };
    const first = connect();
    await migratePostgresOutbox(first, { schema });
    const begin = async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query("BEGIN");
      const end = (how: "COMMIT" | "ROLLBACK") => async () => {
        await client.query(how);
        await client.end();
      };
      return { tx: client, commit: end("COMMIT"), rollback: end("ROLLBACK") };
    };
    return {
      outbox: postgresOutbox(first, { schema, migrate: false, lease }),
      connect: async () => postgresOutbox(connect(), { schema, migrate: false, lease }),
      elapse: async (milliseconds: number) => void (await run(url, shift(schema, milliseconds))),
      begin,
      async dispose() {
        for (const { close } of open) await close();
        await run(url, `DROP SCHEMA ${schema} CASCADE`);
      },
    };
  };
}
