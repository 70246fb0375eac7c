import { OutboxError } from "../rows/errors.ts";
import type { SqliteConnection } from "./driver.ts";
import { named } from "./session.ts";

/**
 * What makes the tables what they are, a step for each version. A step that was published is never changed.
 *
 * An item's `state`: 0 waits, 1 is claimed, 2 is dead, 3 has ended. `due` is when a waiting one may be claimed, and when
 * the lease of a claimed one ends. `lead` is the first item of an interrupted batch. Of items with the same `ordering` all but the oldest that has not ended are held
 * back: due never. Times are milliseconds.
 */
const STEPS: readonly string[] = [
  `
  CREATE TABLE countersign_outbox (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    version INTEGER NOT NULL,
    counter INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    clock INTEGER NOT NULL
  );
  INSERT INTO countersign_outbox VALUES (1, 0, 0, 0, 0);
  CREATE TABLE countersign_endpoint (
    name TEXT PRIMARY KEY,
    generation INTEGER NOT NULL DEFAULT 1,
    version INTEGER NOT NULL DEFAULT 0,
    disabled INTEGER NOT NULL DEFAULT 0,
    reason TEXT,
    changed INTEGER,
    paused INTEGER NOT NULL DEFAULT 0,
    breaker INTEGER NOT NULL DEFAULT 0,
    alone TEXT,
    alone_until INTEGER NOT NULL DEFAULT 0
  ) WITHOUT ROWID;
  CREATE TABLE countersign_item (
    id INTEGER PRIMARY KEY,
    place INTEGER NOT NULL,
    endpoint TEXT NOT NULL,
    generation INTEGER NOT NULL,
    name TEXT,
    digest TEXT NOT NULL,
    event TEXT NOT NULL,
    state INTEGER NOT NULL,
    due INTEGER NOT NULL,
    enqueued INTEGER NOT NULL,
    tried INTEGER,
    attempts INTEGER NOT NULL DEFAULT 0,
    token INTEGER NOT NULL DEFAULT 0,
    owner TEXT,
    lead INTEGER,
    progress TEXT,
    status TEXT,
    reason TEXT,
    message TEXT,
    ended INTEGER,
    rank INTEGER
  );
  CREATE UNIQUE INDEX countersign_item_name ON countersign_item (endpoint, generation, name) WHERE name IS NOT NULL;
  CREATE INDEX countersign_item_due ON countersign_item (endpoint, generation, due, place) WHERE state = 0;
  CREATE INDEX countersign_item_order ON countersign_item (endpoint, generation, place) WHERE state <= 1;
  CREATE INDEX countersign_item_waiting ON countersign_item (place) WHERE state = 0;
  CREATE INDEX countersign_item_lease ON countersign_item (due) WHERE state = 1;
  CREATE INDEX countersign_item_held ON countersign_item (endpoint, due) WHERE state = 1;
  CREATE INDEX countersign_item_lead ON countersign_item (lead) WHERE lead IS NOT NULL;
  CREATE INDEX countersign_item_dead ON countersign_item (rank) WHERE state = 2;
  CREATE INDEX countersign_item_letter ON countersign_item (endpoint, rank) WHERE state = 2;
  CREATE INDEX countersign_item_ended ON countersign_item (rank) WHERE state = 3;
  CREATE TABLE countersign_key (name TEXT PRIMARY KEY, expires INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX countersign_key_expires ON countersign_key (expires);
  CREATE TABLE countersign_attempt (
    item INTEGER NOT NULL,
    number INTEGER NOT NULL,
    record TEXT NOT NULL,
    PRIMARY KEY (item, number)
  ) WITHOUT ROWID;
  `,
  `
  ALTER TABLE countersign_item ADD COLUMN ordering TEXT;
  CREATE INDEX countersign_item_ordering ON countersign_item (endpoint, generation, ordering, place)
    WHERE state <= 2 AND ordering IS NOT NULL;
  DROP INDEX countersign_item_waiting;
  `,
];

/** The version of the tables that this code needs. */
export const VERSION = STEPS.length;

/** What makes the tables where there are none. */
export function wholeSchema(prefix: string): string {
  const steps = [...STEPS, `UPDATE countersign_outbox SET version = ${VERSION};`];
  return ["BEGIN IMMEDIATE;", ...steps.map((step) => named(step, prefix)), "COMMIT;"].join("\n");
}

/**
 * Brings the file to this version of the tables, and says which it had. In a transaction of its own, so that two processes
 * may start at once.
 */
export function migrate(connection: SqliteConnection, path: string, prefix: string): number {
  const steps = STEPS.map((step) => named(step, prefix));
  connection.exec("BEGIN IMMEDIATE");
  try {
    const found = versionOf(connection, prefix);
    if (found > steps.length) {
      throw new OutboxError(
        "newer_schema",
        `${path} was written by a newer version of @countersign/outbox (its tables are version ${found}, this one knows ${steps.length}). Update this process; nothing was changed.`,
      );
    }
    for (const step of steps.slice(found)) connection.exec(step);
    if (found < steps.length) connection.exec(named(`UPDATE countersign_outbox SET version = ${steps.length}`, prefix));
    connection.exec("COMMIT");
    return found;
  } catch (error) {
    connection.exec("ROLLBACK");
    throw error;
  }
}

function versionOf(connection: SqliteConnection, prefix: string): number {
  const get = (sql: string) => connection.prepare(named(sql, prefix)).get() as { version: number } | undefined;
  const table = get("SELECT 1 AS version FROM sqlite_schema WHERE type = 'table' AND name = 'countersign_outbox'");
  return table === undefined ? 0 : (get("SELECT version FROM countersign_outbox")?.version ?? 0);
}
