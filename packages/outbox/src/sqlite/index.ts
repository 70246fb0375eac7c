export type * from "../inbox/index.ts";
export { OutboxError, type OutboxErrorCode } from "../rows/errors.ts";
export type { Migration } from "../rows/migration.ts";
export type { SqliteConnection, SqliteStatement } from "./driver.ts";
export { sqliteInbox } from "./inbox.ts";
export { migrateSqlite, type SqliteTables, sqliteSql } from "./migrate.ts";
export type { SqliteOutboxOptions } from "./options.ts";
export { sqliteOutbox } from "./outbox.ts";
