export type * from "./inbox/index.ts";
export { OutboxError, type OutboxErrorCode } from "./rows/errors.ts";
export {
  type SqliteConnection,
  type SqliteOutboxOptions,
  type SqliteStatement,
  sqliteInbox,
  sqliteOutbox,
} from "./sqlite/index.ts";
