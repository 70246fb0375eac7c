import { checkChoice, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { Migration } from "../rows/migration.ts";
import { File } from "./file.ts";
import { VERSION, wholeSchema } from "./schema.ts";

/** What the tables' names begin with, by what they hold. */
export const PREFIX = { outbox: "countersign_", inbox: "countersign_inbox_" } as const;

/** Options of {@link migrateSqlite} and {@link sqliteSql}: whether the tables are an outbox's or an inbox's. */
export interface SqliteTables {
  /** Those of `sqliteOutbox`, or those of `sqliteInbox`. @default "outbox" */
  readonly of?: keyof typeof PREFIX;
}

const KEYS: KeysOf<SqliteTables> = { of: "optional" };

function prefixOf(options: SqliteTables): string {
  checkOptions(options, KEYS, "tables");
  return PREFIX[checkChoice(options.of ?? "outbox", "tables.of", ["outbox", "inbox"])];
}

/**
 * Makes the file and its tables where they are missing, or brings them to this version. `sqliteOutbox` and `sqliteInbox` do the
 * same when they open a file; this is for a step of its own, before processes start. Several may do so at once.
 *
 * @param path the file
 * @throws OutboxError `newer_schema` when a newer version of this package was here, or why the file cannot be written
 * @throws ConfigurationError
 *
 * @example
 * ```ts
 * import { migrateSqlite } from "@countersign/outbox";
 * import { tmpdir } from "node:os";
 *
 * const { from, to } = await migrateSqlite(`${tmpdir()}/webhooks-${process.pid}.db`);
 * console.log("version", from, "is now", to);
 * ```
 */
export async function migrateSqlite(path: string, options: SqliteTables = {}): Promise<Migration> {
  const file = new File(checkText(path, "path"), prefixOf(options));
  await file.close();
  return { from: file.found, to: VERSION };
}

/** The SQL that makes the tables in a file that has none. @throws ConfigurationError */
export function sqliteSql(options: SqliteTables = {}): string {
  return wholeSchema(prefixOf(options));
}
