export { type Drained, type DrainOptions, type DrainProgress, drainOutbox } from "./drain/drain.ts";
export type * from "./inbox/index.ts";
export { OutboxError, type OutboxErrorCode } from "./rows/errors.ts";
export {
  type SqliteConnection,
  type SqliteOutboxOptions,
  type SqliteStatement,
  sqliteInbox,
  sqliteOutbox,
} from "./sqlite/index.ts";
