import { readFileSync } from "node:fs";
import sqlite from "node-sqlite3-wasm";
import { onTestFinished } from "vitest";

type Run = () => { results: Record<string, unknown>[] };

/** A real SQLite behind the part of D1's interface that the store uses. */
export function d1() {
  const database = new sqlite.Database();
  onTestFinished(() => database.close());
  database.exec(readFileSync(new URL("migrations/0001_replay.sql", import.meta.url), "utf8"));
  const prepare = (sql: string) => ({
    bind:
      (...values: (string | number | null)[]): Run =>
      () => ({ results: database.all(sql, values) }),
  });
  async function batch(statements: Run[]) {
    // As over the network: nothing is done before the caller has gone on.
    await new Promise(setImmediate);
    database.exec("BEGIN IMMEDIATE");
    try {
      const results = statements.map((run) => run());
      database.exec("COMMIT");
      return results;
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }
  return { database, binding: { prepare, batch } };
}
