export { type Drained, type DrainOptions, type DrainProgress, drainOutbox } from "./drain/drain.ts";
export type * from "./inbox/index.ts";
export { OutboxError, type OutboxErrorCode } from "./rows/errors.ts";
export type { Migration } from "./rows/migration.ts";
export {
  migrateSqlite,
  type SqliteConnection,
  type SqliteOutboxOptions,
  type SqliteStatement,
  type SqliteTables,
  sqliteInbox,
  sqliteOutbox,
  sqliteSql,
} from "./sqlite/index.ts";
