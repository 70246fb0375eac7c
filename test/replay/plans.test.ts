/** PostgreSQL: what an operation costs must not grow with the table. Each statement's plan, with the planner's defaults. */
import { postgresReplayStore } from "@countersign/core/replay/postgres";
import pg from "pg";
import { afterAll, describe, expect, test } from "vitest";
import { clear, freshSpace } from "./clients.ts";
import { available, DATABASE_URL } from "./services.ts";

/** Enough for a plan that scans to be the dearer one. */
const ROWS = Number(process.env.COUNTERSIGN_ROWS ?? 20_000);

describe.runIf(await available("PostgreSQL", DATABASE_URL))(`among ${ROWS} live rows`, () => {
  const table = freshSpace();
  const pool = new pg.Pool({ connectionString: DATABASE_URL, max: 1 });
  afterAll(async () => {
    await pool.end();
    await clear("pg", DATABASE_URL, table);
  });

  /** A client that explains each statement before it runs it. */
  const plans: string[] = [];
  const client = {
    async query(text: string, values?: unknown[]) {
      if (values !== undefined) {
        const { rows } = await pool.query(`EXPLAIN ${text}`, values);
        plans.push(rows.map((row) => row["QUERY PLAN"]).join("\n"));
      }
      return pool.query(text, values);
    },
  };

  test("each claim scanned every live row: no statement does", { timeout: 120_000 }, async () => {
    const store = postgresReplayStore(client, { table });
    await store.claim("first", "token", 1_000);
    await pool.query(
      `INSERT INTO ${table} (key, token, done, expires, main)
       SELECT 'key ' || n, 'token', true, now() + interval '1 day', CASE WHEN n % 2 = 0 THEN 'key ' || (n - 1) END
       FROM generate_series(1, $1::int) AS n`,
      [ROWS],
    );
    await pool.query(`ANALYZE ${table}`);
    plans.length = 0;
    const twin = { key: "new twin", ttl: 60_000 };
    expect(await store.claim("new", "mine", 60_000, twin)).toBe("new");
    expect(await store.extend("new", "mine", 60_000)).toBe(true);
    expect(await store.release("new", "mine")).toBe(true);
    expect(await store.claim("new", "mine", 60_000)).toBe("new");
    expect(await store.commit("new", "mine", 60_000, twin)).toBe(true);
    expect(await store.claim("key 2", "mine", 60_000, twin)).toBe("done");
    expect(await store.inspect("key 2")).toMatchObject({ state: "done" });
    expect(await store.forget("key 2")).toBe(true);
    expect(plans.length).toBe(8);
    const scans = plans.flatMap((plan) => plan.split("\n").filter((line) => line.includes(`Seq Scan on ${table}`)));
    expect(scans).toEqual([]);
    // The sweep of each claim. Its index alone is not enough: it can be walked in order, past every live row.
    const swept = plans.flatMap((plan) => plan.match(new RegExp(`${table}_expires.*\\n.*`)) ?? []);
    expect(swept.length).toBe(3);
    for (const scan of swept) expect(scan).toMatch(/Index Cond: \(expires <= /);
  });
});
