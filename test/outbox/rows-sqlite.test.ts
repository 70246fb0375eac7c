import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { report, rounds } from "./report.ts";
import { writeRows } from "./rows.ts";
import { open } from "./sqlite.ts";

const { seed, full } = rounds(0);
const TRANSACTIONS = full ? 10_000 : 100;

test(`SQLite: after ${TRANSACTIONS} transactions with rollbacks and kills there is an event for each row, and no other`, {
  timeout: 600_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), "countersign-rows-"));
  const path = join(folder, "application.db");
  const connection = open(path);
  try {
    connection.exec("PRAGMA journal_mode = WAL; CREATE TABLE business (id TEXT PRIMARY KEY)");
    const kills = await writeRows({ kind: "sqlite", path }, TRANSACTIONS, seed);
    const ids = (sql: string) =>
      connection
        .prepare(sql)
        .all()
        .map((row) => (row as { id: string }).id);
    const rows = ids("SELECT id FROM business ORDER BY id");
    const events = ids("SELECT name AS id FROM countersign_item ORDER BY name");
    report(`transactions: ${TRANSACTIONS}, ${kills} kills, ${rows.length} rows, ${events.length} events`);
    expect(rows.length).toBeGreaterThan(20);
    expect(events).toEqual(rows);
  } finally {
    connection.close();
    rmSync(folder, { recursive: true });
  }
});
