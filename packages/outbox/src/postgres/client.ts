import { ConfigurationError } from "@countersign/core";
import type { PgLike, PostgresJsLike } from "@countersign/core/replay/postgres";

export type { PgLike, PostgresJsLike };

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
