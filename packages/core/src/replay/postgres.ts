import { checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { defineReplayStore } from "./define.ts";
import { type PatienceOptions, patient } from "./patience.ts";
import { statementsFor } from "./postgres-statements.ts";
import { rehearse } from "./ready.ts";
import { keptIn } from "./sharing.ts";
import type { ClaimState, InspectableReplayStore, Inspection, ReplayOperations } from "./store.ts";

export type { PatienceOptions } from "./patience.ts";
export { ReplayStoreError, type StoreTrouble } from "./trouble.ts";

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
export interface PostgresReplayStoreOptions extends PatienceOptions {
  /** Default `"countersign_replay"`; may name a schema: `"hooks.replay"`. */
  readonly table?: string;
  /** Creates the table on first use; default true. Set false where the role may not, and run `postgresReplayTable()` in a migration. */
  readonly create?: boolean;
}

/** A replay store in PostgreSQL: what every store of this package can do, and a check for the start. */
export interface PostgresReplayStore extends InspectableReplayStore {
  /**
   * Goes through every operation once with a key of its own, so that what would fail at the first request fails at the
   * start: no table, no schema, no right, a replica. Makes the table where the store may.
   *
   * @throws ReplayStoreError `store_not_ready`, or what the client throws when it has no connection
   */
  ready(): Promise<void>;
}

/** The table, or the column that it lacked at first. */
const UNDEFINED: readonly unknown[] = ["42P01", "42703"];
/** Serialization failures and deadlocks: nothing was done, and the same statement may be run again. */
const AGAIN: readonly unknown[] = ["40001", "40P01"];
const TRIES = 5;
/** What a server says to whom it does not serve, by its code, and how to mend it. */
const REFUSALS: Readonly<Record<string, (table: string) => string>> = {
  "42P01": (table) => `there is no table ${table}: run postgresReplayTable() in a migration, or leave create on`,
  "42703": (table) => `${table} is of an older version: run postgresReplayTable() again, it adds what is missing`,
  "42P10": (table) => `${table} has no primary key: make it by postgresReplayTable()`,
  "3F000": (table) => `there is no schema ${table.split(".")[0]}: CREATE SCHEMA first`,
  "25006": () => "it is a replica, which takes no writes: connect to the primary",
};
const HALF_OPEN =
  "give pg query_timeout, and postgres a socket with a timeout (see docs/replay.md of @countersign/core), so that it is ended and made anew";
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
    `CREATE TABLE IF NOT EXISTS ${table} (key text PRIMARY KEY, token text NOT NULL, done boolean NOT NULL, expires timestamptz NOT NULL, main text, at timestamptz)`,
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS main text`,
    `ALTER TABLE ${table} ADD COLUMN IF NOT EXISTS at timestamptz`,
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
): PostgresReplayStore {
  checkOptions(options, ["table", "create", "timeout", "clock"], "postgresReplayStore");
  const { table = "countersign_replay", create = true } = options;
  const statements = postgresReplayTable(table);
  const sql = statementsFor(table);
  const query = patient(querier(client), options, "PostgreSQL", HALF_OPEN);
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

  const operations: ReplayOperations = {
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
  };
  const store: PostgresReplayStore = Object.assign(defineReplayStore(operations), {
    async inspect(key: string): Promise<Inspection | undefined> {
      const [row] = await run(sql.inspect, [key]);
      if (row === undefined) return undefined;
      return {
        state: row["done"] === true ? "done" : "claimed",
        at: row["at"] === null ? undefined : new Date(Number(row["at"])),
        until: new Date(Number(row["until"])),
        token: String(row["token"]),
      };
    },
    forget: async (key: string) => (await run(sql.forget, [key])).some((row) => row["live"] === true),
    ready: () => rehearse(store, (error) => explain((error as { code?: unknown } | null)?.code)),
  });

  /** Why it was refused, by PostgreSQL's code. */
  async function explain(code: unknown): Promise<string | undefined> {
    if (code !== "42501") return REFUSALS[String(code)]?.(table);
    const [rights] = await query(sql.rights, [table]).catch(() => []);
    if (typeof rights?.["wanting"] === "string") return `its role lacks ${rights["wanting"]} on ${table}: GRANT it`;
    const why =
      create && rights?.["missing"] === true ? "its role may not create it" : "its role may not use the schema";
    return `${table} cannot be reached, and ${why}: run postgresReplayTable() in a migration, and GRANT the role USAGE on the schema and SELECT, INSERT, UPDATE and DELETE on the table`;
  }

  keptIn(store, client, table);
  return store;
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
