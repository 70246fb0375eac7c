import { createRequire } from "node:module";
import { OutboxError } from "../rows/errors.ts";

/** A value of SQLite as all drivers take it. */
export type SqliteValue = string | number | null;

/** A prepared statement, by what `node:sqlite`, libsql and better-sqlite3 have in common. */
export interface SqliteStatement {
  /** Runs the statement with these values, for the change that it makes. */
  run(...values: SqliteValue[]): unknown;
  /** Runs it, for its first row: an object by column, or `undefined`. */
  get(...values: SqliteValue[]): unknown;
  /** Runs the statement with these values, for all of its rows: objects by column. */
  all(...values: SqliteValue[]): unknown[];
}

/** An open database, by what `node:sqlite`, libsql and better-sqlite3 have in common. */
export interface SqliteConnection {
  /** Runs one or several statements that take no values: `BEGIN`, `PRAGMA`. */
  exec(sql: string): unknown;
  /** Compiles one statement, to be run as often as wanted. */
  prepare(sql: string): SqliteStatement;
}

/** A connection of our own. */
export interface OwnConnection extends SqliteConnection {
  close(): unknown;
}

/** Opens a file with the driver that is there: Node's own, else libsql. @throws OutboxError `no_driver` */
export function open(path: string): OwnConnection {
  const own = process.getBuiltinModule?.("node:sqlite") as
    | { DatabaseSync: new (path: string) => OwnConnection }
    | undefined;
  if (own !== undefined) return new own.DatabaseSync(path);
  let Libsql: new (path: string) => OwnConnection;
  try {
    Libsql = createRequire(import.meta.url)("libsql");
  } catch (cause) {
    const message = `This Node (${process.version}) has no node:sqlite, and libsql is not installed. Run npm install libsql, or use Node 22.13 or later.`;
    throw new OutboxError("no_driver", message, { cause });
  }
  return new Libsql(path);
}

/** What a failure of any driver means, by SQLite's own code. */
export function codeOf(
  error: unknown,
): "busy" | "corrupt" | "disk_failed" | "disk_full" | "read_only" | "missing" | undefined {
  const { errcode, code, message } = (error ?? {}) as { errcode?: unknown; code?: unknown; message?: unknown };
  // node:sqlite has the number, with the extended code above its lower eight bits; the others have the name, but libsql
  // where it opens a file.
  const numbered =
    typeof errcode === "number" ? errcode : Number(/^ConnectionFailed.*: (\d+)"\)$/.exec(String(message))?.[1]);
  const name = NAMES.get(numbered & 0xff) ?? /^SQLITE_[A-Z]+/.exec(String(code))?.[0];
  if (name !== undefined && MEANINGS.has(name)) return MEANINGS.get(name);
  return /no such table/.test(String(message)) ? "missing" : undefined;
}

/** https://sqlite.org/rescode.html */
const NAMES: ReadonlyMap<number, string> = new Map([
  [5, "SQLITE_BUSY"],
  [6, "SQLITE_LOCKED"],
  [8, "SQLITE_READONLY"],
  [10, "SQLITE_IOERR"],
  [11, "SQLITE_CORRUPT"],
  [13, "SQLITE_FULL"],
  [14, "SQLITE_CANTOPEN"],
  [26, "SQLITE_NOTADB"],
]);
const MEANINGS: ReadonlyMap<string, "busy" | "corrupt" | "disk_failed" | "disk_full" | "read_only"> = new Map([
  ["SQLITE_BUSY", "busy"],
  ["SQLITE_IOERR", "disk_failed"],
  ["SQLITE_LOCKED", "busy"],
  ["SQLITE_READONLY", "read_only"],
  ["SQLITE_CANTOPEN", "read_only"],
  ["SQLITE_CORRUPT", "corrupt"],
  ["SQLITE_NOTADB", "corrupt"],
  ["SQLITE_FULL", "disk_full"],
]);

const SENTENCES = {
  busy: "Another process has held the write lock for too long. Is a transaction left open, or a process stopped?",
  corrupt: "The file is no SQLite database, or is damaged. Restore it, or name another file.",
  disk_failed: "The disk refuses to be read or written. What was accepted before is as safe as the disk is.",
  disk_full: "The disk is full: nothing more can be kept. What was accepted before is safe; make room and send again.",
  read_only:
    "The file cannot be opened for writing, or its folder cannot. Check that it exists and who may write there.",
  missing: "The tables of the outbox are not there. Somebody has dropped them while it was open.",
} as const;

/** The same failure, in our words where it is one that is known. */
export function explained(error: unknown, path: string): unknown {
  const code = codeOf(error);
  if (error instanceof OutboxError || code === undefined) return error;
  const { message } = error as Error;
  const known = code === "missing" ? "not_migrated" : code;
  return new OutboxError(known, `${path}: ${SENTENCES[code]} (${message})`, { cause: error });
}
