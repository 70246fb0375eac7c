import { createInbox, type DurableInbox } from "../inbox/inbox.ts";
import { WORKERS } from "../inbox/worker-options.ts";
import type { PgLike, PostgresClient, PostgresJsLike } from "./client.ts";
import { INBOX } from "./migrate.ts";
import { type PostgresOutboxOptions, readOptions } from "./options.ts";
import { PostgresOutbox } from "./outbox.ts";

/**
 * An inbox in PostgreSQL (12 or newer): for as many receivers and workers as you like. What the provider was answered 200
 * for is committed, and is handed on until its handler has done its work. Its tables begin with `inbox_`, unless a prefix is
 * given; `migratePostgresInbox(client)` makes them beforehand.
 *
 * `Tx` is a transaction as handlers see it, where they ask for one: `postgresInbox<pg.PoolClient>(pool)`.
 *
 * @param client a pool of `pg`, or a connection of Postgres.js. It is yours to close, after the inbox
 * @throws ConfigurationError when the client is neither, or an option is unknown or out of its range
 *
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 * import { postgresInbox } from "@countersign/outbox/postgres";
 * import pg from "pg";
 *
 * const inbox = postgresInbox(new pg.Pool({ connectionString: "postgres://127.0.0.1:5432/test" }));
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", inbox: inbox.route("tailscale") });
 * ```
 */
export function postgresInbox<Tx = PgLike>(client: PgLike, options?: PostgresOutboxOptions): DurableInbox<Tx>;
export function postgresInbox<Tx = PostgresJsLike>(
  client: PostgresJsLike,
  options?: PostgresOutboxOptions,
): DurableInbox<Tx>;
export function postgresInbox(client: PostgresClient, options: PostgresOutboxOptions = {}): DurableInbox {
  return createInbox(new PostgresOutbox(client, readOptions({ ...INBOX, ...WORKERS, ...options })));
}
