import { migratePostgresOutbox } from "@countersign/outbox/postgres";
import pg from "pg";
import { expect, test } from "vitest";
import { available, DATABASE_URL } from "../replay/services.ts";
import { freshSchema, run } from "./postgres.ts";
import { report, rounds } from "./report.ts";
import { writeRows } from "./rows.ts";

const { seed, full } = rounds(0);
const TRANSACTIONS = full ? 10_000 : 100;

if (await available("PostgreSQL", DATABASE_URL)) {
  test(`PostgreSQL: after ${TRANSACTIONS} transactions with rollbacks and kills there is an event for each row, and no other`, {
    timeout: 600_000,
  }, async () => {
    const schema = freshSchema();
    const pool = new pg.Pool({ connectionString: DATABASE_URL });
    await migratePostgresOutbox(pool, { schema });
    await pool.end();
    try {
      await run(DATABASE_URL, `CREATE TABLE ${schema}.business (id text PRIMARY KEY)`);
      const kills = await writeRows({ kind: "postgres", url: DATABASE_URL, schema }, TRANSACTIONS, seed);
      const ids = async (sql: string) => (await run(DATABASE_URL, sql)).map(({ id }) => id as string).sort();
      const rows = await ids(`SELECT id FROM ${schema}.business`);
      const events = await ids(`SELECT name AS id FROM ${schema}.outbox_item`);
      report(`transactions: ${TRANSACTIONS}, ${kills} kills, ${rows.length} rows, ${events.length} events`);
      expect(rows.length).toBeGreaterThan(20);
      expect(events).toEqual(rows);
    } finally {
      await run(DATABASE_URL, `DROP SCHEMA ${schema} CASCADE`);
    }
  });
}
