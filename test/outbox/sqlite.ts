import { createRequire } from "node:module";
import type { SqliteConnection } from "@countersign/outbox";

/** A connection as an application has it. */
export interface Connection extends SqliteConnection {
  close(): unknown;
}

/** Opens a file with Node's own SQLite where it has one, else with libsql. */
export function open(path: string): Connection {
  const own = process.getBuiltinModule?.("node:sqlite") as
    | { DatabaseSync: new (path: string) => Connection }
    | undefined;
  if (own !== undefined) return new own.DatabaseSync(path);
  const Database = createRequire(import.meta.url)("libsql") as new (path: string) => Connection;
  return new Database(path);
}
