import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { open } from "./driver.ts";
import { migrateSqlite, sqliteSql } from "./migrate.ts";
import { VERSION } from "./schema.ts";

const folder = mkdtempSync(join(tmpdir(), "countersign-migrate-"));
afterAll(() => rmSync(folder, { recursive: true }));

const columns = (path: string) => {
  const connection = open(path);
  const sql = "SELECT name FROM pragma_table_info('countersign_item')";
  const rows = connection.prepare(sql).all() as { name: string }[];
  connection.close();
  return rows.map(({ name }) => name);
};

test("a file of version 1, without ordering keys, becomes one of this version, and its events stay", async () => {
  const path = join(folder, "old.db");
  const connection = open(path);
  connection.exec(sqliteSql());
  connection.exec(`
    DROP INDEX countersign_item_ordering;
    CREATE INDEX countersign_item_waiting ON countersign_item (place) WHERE state = 0;
    ALTER TABLE countersign_item DROP COLUMN ordering;
    UPDATE countersign_outbox SET version = 1;
    INSERT INTO countersign_item (id, place, endpoint, generation, digest, event, state, due, enqueued)
      VALUES (1, 1, 'e', 1, '', '["a",false,"t","info",0,"1"]', 0, 0, 0);`);
  connection.close();
  expect(columns(path)).not.toContain("ordering");
  expect(await migrateSqlite(path)).toEqual({ from: 1, to: VERSION });
  expect(columns(path)).toContain("ordering");
  expect(await migrateSqlite(path)).toEqual({ from: VERSION, to: VERSION });
  const again = open(path);
  expect(again.prepare("SELECT event, ordering FROM countersign_item").all()).toMatchObject([{ ordering: null }]);
  again.close();
});

test("tables that are neither an outbox's nor an inbox's are refused", () => {
  expect(() => sqliteSql({ of: "box" as never })).toThrow(expect.objectContaining({ name: "ConfigurationError" }));
});
