import { ConfigurationError } from "@countersign/core";

/** A pool, client or open transaction of `pg`, by its shape; anything else that is given one. */
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

/** The function that `postgres(url)` of Postgres.js returns, or the one that its `begin` hands out. */
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

/** What an outbox in PostgreSQL is reached through. */
export type PostgresClient = PgLike | PostgresJsLike;

/** Runs one statement. */
export type Query = (text: string, values?: readonly string[]) => Promise<readonly Record<string, unknown>[]>;

/** One way to ask, whichever driver it is. @throws ConfigurationError when it is none */
export function querier(client: PostgresClient, option: string): Query {
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
    return async (text, values) =>
      (await (values === undefined ? (client as PgLike).query(text) : (client as PgLike).query(text, [...values])))
        .rows;
  }
  throw new ConfigurationError(
    option,
    `${option} must be a pool or client of pg, or a connection of postgres (Postgres.js).`,
  );
}
