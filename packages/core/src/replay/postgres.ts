import { checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import type { ClaimState, ReplayStore } from "./store.ts";

/** A pool or client of `pg`, by its shape. */
export interface PgLike {
  /** Runs one statement with numbered parameters (`$1`); each row is an object by column. */
  query(
    text: string,
    values?: unknown[],
  ): Promise<{
    /** Each an object by column name; empty for a statement that returns nothing. */
    readonly rows: readonly Record<string, unknown>[];
  }>;
}

/** The function that `postgres(url)` of Postgres.js returns, by the one method that is called. */
export interface PostgresJsLike {
  /** Runs one statement that is given as text, with numbered parameters (`$1`). */
  unsafe(
    text: string,
    values?: never[],
    options?: {
      /** Whether the server keeps the statement prepared; not behind PgBouncer in transaction mode. */
      prepare?: boolean;
    },
  ): PromiseLike<readonly Record<string, unknown>[]>;
}

/** Which table holds the keys, and who creates it. */
export interface PostgresReplayStoreOptions {
  /** Default `"countersign_replay"`; may name a schema: `"hooks.replay"`. */
  readonly table?: string;
  /** Creates the table on first use; default true. Set false where the role may not, and run `postgresReplayTable()` in a migration. */
  readonly create?: boolean;
}

const UNDEFINED_TABLE = "42P01";
const NAME = /^[a-z_][a-z0-9_]{0,47}(?:\.[a-z_][a-z0-9_]{0,47})?$/;

/**
 * The statements that make the table, for your own migrations.
 *
 * @throws ConfigurationError when the name is not a plain lower-case one
 */
export function postgresReplayTable(table = "countersign_replay"): string[] {
  if (!NAME.test(table)) {
    throw new ConfigurationError(
      "table",
      'table must be a plain lower-case name, with a schema if you like: "hooks.replay".',
    );
  }
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (key text PRIMARY KEY, token text NOT NULL, done boolean NOT NULL, expires timestamptz NOT NULL)`,
    `CREATE INDEX IF NOT EXISTS ${table.split(".").at(-1)}_expires ON ${table} (expires)`,
  ];
}

/**
 * A replay store in PostgreSQL (12 or newer): for as many processes and machines as you like. Every operation is one
 * statement, and the time is the server's. Each claim also deletes two keys that have expired, so that the table stays
 * as large as what is alive.
 *
 * @throws ConfigurationError when the client is neither of `pg` nor of `postgres`
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 * import { postgresReplayStore } from "@countersign/core/replay/postgres";
 * import pg from "pg";
 *
 * const pool = new pg.Pool({ connectionString: "postgres://127.0.0.1:5432/test" });
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", replay: postgresReplayStore(pool) });
 * await pool.end();
 * ```
 */
export function postgresReplayStore(
  client: PgLike | PostgresJsLike,
  options: PostgresReplayStoreOptions = {},
): ReplayStore {
  checkOptions(options, ["table", "create"], "postgresReplayStore");
  const { table = "countersign_replay", create = true } = options;
  const statements = postgresReplayTable(table);
  const sql = statementsFor(table);
  const query = querier(client);
  let creating: Promise<void> | undefined;

  // Asked first and created when it is missing, not before: a role that may not create tables can use one that is there,
  // a connection that hangs holds up nobody else's, and a table that somebody drops comes back.
  async function run(statement: string, values: unknown[]): Promise<readonly Record<string, unknown>[]> {
    try {
      return await query(statement, values);
    } catch (error) {
      if (!create || (error as { code?: unknown } | null)?.code !== UNDEFINED_TABLE) throw error;
    }
    creating ??= createTable(query, statements).finally(() => {
      creating = undefined;
    });
    await creating;
    return query(statement, values);
  }

  return {
    claim: async (key, token, lease) => (await run(sql.claim, [key, token, lease]))[0]?.["state"] as ClaimState,
    commit: async (key, token, ttl) => (await run(sql.commit, [key, token, ttl])).length === 1,
    release: async (key, token) => (await run(sql.release, [key, token])).length === 1,
    extend: async (key, token, lease) => (await run(sql.extend, [key, token, lease])).length === 1,
  };
}

function statementsFor(table: string) {
  const until = "clock_timestamp() + $3::float8 * interval '1 millisecond'";
  return {
    // Sweeping waits for our own key (the count) and then for nobody (SKIP LOCKED), so that two claims never deadlock.
    // A row that the statement cannot see, because it came meanwhile, or that is no longer live, is somebody's claim.
    claim: `
      WITH taken AS (
        INSERT INTO ${table} AS held (key, token, done, expires) VALUES ($1, $2, false, ${until})
        ON CONFLICT (key) DO UPDATE SET token = $2, done = false, expires = EXCLUDED.expires
          WHERE held.expires <= clock_timestamp() OR (held.token = $2 AND NOT held.done)
        RETURNING 1
      ), swept AS (
        DELETE FROM ${table} WHERE key IN (
          SELECT key FROM ${table}
          WHERE expires <= clock_timestamp() AND key <> $1 AND (SELECT count(*) FROM taken) >= 0
          ORDER BY expires LIMIT 2 FOR UPDATE SKIP LOCKED)
      )
      SELECT CASE
        WHEN EXISTS (SELECT 1 FROM taken) THEN 'new'
        WHEN EXISTS (SELECT 1 FROM ${table} WHERE key = $1 AND done AND expires > clock_timestamp()) THEN 'done'
        ELSE 'busy' END AS state`,
    commit: `
      INSERT INTO ${table} AS held (key, token, done, expires) VALUES ($1, $2, true, ${until})
      ON CONFLICT (key) DO UPDATE SET token = $2, done = true, expires = EXCLUDED.expires
        WHERE held.token = $2 OR held.expires <= clock_timestamp()
      RETURNING 1`,
    release: `DELETE FROM ${table} WHERE key = $1 AND token = $2 AND NOT done RETURNING 1`,
    extend: `
      INSERT INTO ${table} AS held (key, token, done, expires) VALUES ($1, $2, false, ${until})
      ON CONFLICT (key) DO UPDATE SET token = $2, done = false, expires = EXCLUDED.expires
        WHERE (held.token = $2 AND NOT held.done) OR held.expires <= clock_timestamp()
      RETURNING 1`,
  };
}

type Query = (text: string, values?: unknown[]) => Promise<readonly Record<string, unknown>[]>;

function querier(client: PgLike | PostgresJsLike): Query {
  // Postgres.js first: its connection is a function that also has members.
  if (typeof (client as PostgresJsLike)?.unsafe === "function") {
    // Prepared, because Postgres.js asks for the parameters' types first otherwise: a second round trip. A client that
    // was made with `prepare: false`, as PgBouncer may need, stays without.
    return async (text, values) =>
      values === undefined
        ? (client as PostgresJsLike).unsafe(text)
        : (client as PostgresJsLike).unsafe(text, values as never[], { prepare: true });
  }
  if (typeof (client as PgLike)?.query === "function") {
    return async (text, values) => (await (client as PgLike).query(text, values)).rows;
  }
  throw new ConfigurationError(
    "client",
    "The first argument must be a pool or client of pg, or a connection of postgres.",
  );
}

/** Two processes that create the table at once can collide in the catalogue, IF NOT EXISTS or not: the second try finds it. */
async function createTable(query: Query, statements: readonly string[]): Promise<void> {
  for (const statement of statements) {
    try {
      await query(statement);
    } catch {
      await query(statement);
    }
  }
}
