export type * from "../inbox/index.ts";
export { OutboxError, type OutboxErrorCode } from "../rows/errors.ts";
export type { PgLike, PostgresClient, PostgresJsLike } from "./client.ts";
export { postgresInbox } from "./inbox.ts";
export type { Listener, PgNotification, PostgresJsListening } from "./listen.ts";
export { migratePostgresOutbox, postgresOutboxSql } from "./migrate.ts";
export type { PostgresNames } from "./names.ts";
export type { PostgresOutboxOptions } from "./options.ts";
export { postgresOutbox } from "./outbox.ts";
