import { checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { defineReplayStore } from "./define.ts";
import { keptIn } from "./sharing.ts";
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

/** The table, or the column that it lacked at first. */
const UNDEFINED: readonly unknown[] = ["42P01", "42703"];
/** Serialization failures and deadlocks: nothing was done, and the same statement may be run again. */
const AGAIN: readonly unknown[] = ["40001", "40P01"];
const TRIES = 5;
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
    `CREATE TABLE IF NOT EXISTS ${table} (key text PRIMARY KEY, token text NOT NULL, done boolean NOT NULL, expires timestamptz NOT NULL, main text)`,
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS main text`,
    `CREATE INDEX IF NOT EXISTS ${table.split(".").at(-1)}_expires ON ${table} (expires)`,
  ];
}

/**
 * A replay store in PostgreSQL (12 or newer): for as many processes and machines as you like. Every operation is one
 * statement, and the time is the server's. Each claim also deletes a few keys that have expired, so that the table stays
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
    for (let tries = 1; ; tries++) {
      try {
        return await query(statement, values);
      } catch (error) {
        const code = (error as { code?: unknown } | null)?.code;
        if (tries === TRIES || !(AGAIN.includes(code) || (create && UNDEFINED.includes(code)))) throw error;
        if (AGAIN.includes(code)) continue;
      }
      creating ??= createTable(query, statements).finally(() => {
        creating = undefined;
      });
      await creating;
    }
  }

  const store = defineReplayStore({
    async claim(key, token, lease, twin) {
      for (let tries = 1; ; tries++) {
        const [row] = await run(sql.claim, [key, token, lease, twin?.key ?? null, twin?.ttl ?? 0]);
        if (row?.["fit"] !== false) return row?.["state"] as ClaimState;
        // Somebody took the twin at the same moment: let go, and look again.
        await run(sql.release, [key, token]);
        if (tries === TRIES) return "busy";
      }
    },
    commit: async (key, token, ttl, twin) =>
      (await run(sql.commit, [key, token, ttl, twin?.key ?? null, twin?.ttl ?? 0])).length === 1,
    release: async (key, token) => (await run(sql.release, [key, token])).length === 1,
    extend: async (key, token, lease) => (await run(sql.extend, [key, token, lease])).length === 1,
  });
  return keptIn(store, client, table);
}

/**
 * Two names of one delivery are two rows: one that is claimed or done, and one whose `main` is the other's key.
 *
 * Time is the statement's. In the sweep, only a stable function lets the index on `expires` serve; in the rest the
 * statement's start is as good as the moment, and what comes between is seen by `ON CONFLICT`.
 */
function statementsFor(table: string) {
  const now = "statement_timestamp()";
  const until = (milliseconds: string) => `clock_timestamp() + ${milliseconds}::float8 * interval '1 millisecond'`;
  return {
    // $1 key, $2 token, $3 lease, $4 twin or null, $5 its ttl. `fit` is false when somebody else came between, who
    // could not be seen: what was taken is given back then, and the claim begins anew.
    // Sweeping waits for our own rows (the count) and then for nobody (SKIP LOCKED), so that two claims never deadlock.
    claim: `
      WITH own AS (
        SELECT key, main FROM ${table} WHERE key IN ($1, $4) AND expires > ${now}
      ), found AS (
        SELECT held.key, held.token, held.done FROM ${table} AS held
        WHERE held.key IN (SELECT coalesce(main, key) FROM own) AND held.main IS NULL AND held.expires > ${now}
        ORDER BY held.done DESC, held.key = $1 DESC LIMIT 1
      ), taken AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main)
        SELECT $1, $2, false, ${until("$3")}, NULL WHERE NOT EXISTS (SELECT 1 FROM found)
        ON CONFLICT (key) DO UPDATE SET token = $2, done = false, expires = EXCLUDED.expires, main = NULL
          WHERE held.expires <= clock_timestamp() OR held.main IS NOT DISTINCT FROM (SELECT main FROM own WHERE key = $1)
            AND held.main IS NOT NULL OR (held.token = $2 AND NOT held.done)
        RETURNING 1
      ), named AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main)
        SELECT name, '', false, ${until("$5")}, coalesce((SELECT key FROM found), $1)
        FROM (VALUES ($1::text), ($4::text)) AS names (name)
        WHERE $4::text IS NOT NULL AND name <> coalesce((SELECT key FROM found), $1)
        ORDER BY name
        ON CONFLICT (key) DO UPDATE SET expires = EXCLUDED.expires, main = EXCLUDED.main
          WHERE held.expires <= clock_timestamp() OR held.main = EXCLUDED.main
            OR held.main = (SELECT own.main FROM own WHERE own.key = held.key)
        RETURNING 1
      ), swept AS (
        DELETE FROM ${table} WHERE key IN (
          SELECT key FROM ${table}
          WHERE expires <= ${now} AND key <> $1 AND key IS DISTINCT FROM $4
            AND (SELECT count(*) FROM taken) + (SELECT count(*) FROM named) >= 0
          ORDER BY expires LIMIT 4 FOR UPDATE SKIP LOCKED)
      )
      SELECT CASE
        WHEN EXISTS (SELECT 1 FROM found) THEN (
          SELECT CASE WHEN done THEN 'done' WHEN token = $2 THEN 'new' ELSE 'busy' END FROM found)
        WHEN EXISTS (SELECT 1 FROM taken) THEN 'new'
        ELSE 'busy' END AS state,
        EXISTS (SELECT 1 FROM found) OR $4::text IS NULL OR NOT EXISTS (SELECT 1 FROM taken)
          OR EXISTS (SELECT 1 FROM named) AS fit`,
    // $4 twin or null, $5 its ttl.
    commit: `
      WITH settled AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main) VALUES ($1, $2, true, ${until("$3")}, NULL)
        ON CONFLICT (key) DO UPDATE SET token = $2, done = true, expires = EXCLUDED.expires, main = NULL
          WHERE held.token = $2 OR held.expires <= clock_timestamp()
        RETURNING 1
      ), named AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main)
        SELECT $4::text, '', false, ${until("$5")}, $1 WHERE $4::text IS NOT NULL
        ON CONFLICT (key) DO UPDATE SET expires = EXCLUDED.expires, main = EXCLUDED.main
          WHERE held.main = $1 OR held.expires <= clock_timestamp()
      )
      SELECT 1 FROM settled`,
    release: `DELETE FROM ${table} WHERE key = $1 AND token = $2 AND NOT done RETURNING 1`,
    extend: `
      INSERT INTO ${table} AS held (key, token, done, expires, main) VALUES ($1, $2, false, ${until("$3")}, NULL)
      ON CONFLICT (key) DO UPDATE SET token = $2, done = false, expires = EXCLUDED.expires, main = NULL
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
