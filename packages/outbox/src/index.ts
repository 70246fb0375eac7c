export { OutboxError, type OutboxErrorCode } from "./rows/errors.ts";
export {
  type SqliteConnection,
  type SqliteOutboxOptions,
  type SqliteStatement,
  sqliteOutbox,
} from "./sqlite/index.ts";
