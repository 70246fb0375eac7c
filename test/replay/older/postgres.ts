/** The PostgreSQL store as it was before it wrote times: what a process of an older version still runs during a deploy. */
import { type ClaimState, defineReplayStore, type ReplayStore } from "@countersign/core";
import type pg from "pg";

/** The table as it was made then. */
export function olderTable(table: string): string[] {
  return [
    `CREATE TABLE IF NOT EXISTS ${table} (key text PRIMARY KEY, token text NOT NULL, done boolean NOT NULL, expires timestamptz NOT NULL, main text)`,
    `CREATE INDEX IF NOT EXISTS ${table}_expires ON ${table} (expires)`,
  ];
}

export function olderPostgresStore(pool: pg.Pool, table: string): ReplayStore {
  const sql = statementsFor(table);
  const run = async (statement: string, values: unknown[]) => (await pool.query(statement, values)).rows;
  return defineReplayStore({
    async claim(key, token, lease, twin) {
      for (;;) {
        const [row] = await run(sql.claim, [key, token, lease, twin?.key ?? null, twin?.ttl ?? 0]);
        if (row.fit !== false) return row.state as ClaimState;
        await run(sql.release, [key, token]);
      }
    },
    commit: async (key, token, ttl, twin) =>
      (await run(sql.commit, [key, token, ttl, twin?.key ?? null, twin?.ttl ?? 0])).length === 1,
    release: async (key, token) => (await run(sql.release, [key, token])).length === 1,
    extend: async (key, token, lease) => (await run(sql.extend, [key, token, lease])).length === 1,
  });
}

function statementsFor(table: string) {
  const now = "statement_timestamp()";
  const until = (milliseconds: string) => `clock_timestamp() + ${milliseconds}::float8 * interval '1 millisecond'`;
  return {
    // $1 key, $2 token, $3 lease, $4 twin or null, $5 its ttl. `fit` is false when somebody else came between, who
    // could not be seen: what was taken is given back then, and the claim begins anew.
    // Sweeping waits for our own rows (the count) and then for nobody (SKIP LOCKED), so that two claims never deadlock.
    claim: `
      WITH own AS (
        SELECT key, main FROM ${table} WHERE key IN ($1, $4) AND expires > ${now}
      ), found AS (
        SELECT held.key, held.token, held.done FROM ${table} AS held
        WHERE held.key IN (SELECT coalesce(main, key) FROM own) AND held.main IS NULL AND held.expires > ${now}
        ORDER BY held.done DESC, held.key = $1 DESC LIMIT 1
      ), taken AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main)
        SELECT $1, $2, false, ${until("$3")}, NULL WHERE NOT EXISTS (SELECT 1 FROM found)
        ON CONFLICT (key) DO UPDATE SET token = $2, done = false, expires = EXCLUDED.expires, main = NULL
          WHERE held.expires <= clock_timestamp() OR held.main IS NOT DISTINCT FROM (SELECT main FROM own WHERE key = $1)
            AND held.main IS NOT NULL OR (held.token = $2 AND NOT held.done)
        RETURNING 1
      ), named AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main)
        SELECT name, '', false, ${until("$5")}, coalesce((SELECT key FROM found), $1)
        FROM (VALUES ($1::text), ($4::text)) AS names (name)
        WHERE $4::text IS NOT NULL AND name <> coalesce((SELECT key FROM found), $1)
        ORDER BY name
        ON CONFLICT (key) DO UPDATE SET expires = EXCLUDED.expires, main = EXCLUDED.main
          WHERE held.expires <= clock_timestamp() OR held.main = EXCLUDED.main
            OR held.main = (SELECT own.main FROM own WHERE own.key = held.key)
        RETURNING 1
      ), swept AS (
        DELETE FROM ${table} WHERE key IN (
          SELECT key FROM ${table}
          WHERE expires <= ${now} AND key <> $1 AND key IS DISTINCT FROM $4
            AND (SELECT count(*) FROM taken) + (SELECT count(*) FROM named) >= 0
          ORDER BY expires LIMIT 4 FOR UPDATE SKIP LOCKED)
      )
      SELECT CASE
        WHEN EXISTS (SELECT 1 FROM found) THEN (
          SELECT CASE WHEN done THEN 'done' WHEN token = $2 THEN 'new' ELSE 'busy' END FROM found)
        WHEN EXISTS (SELECT 1 FROM taken) THEN 'new'
        ELSE 'busy' END AS state,
        EXISTS (SELECT 1 FROM found) OR $4::text IS NULL OR NOT EXISTS (SELECT 1 FROM taken)
          OR EXISTS (SELECT 1 FROM named) AS fit`,
    // $4 twin or null, $5 its ttl.
    commit: `
      WITH settled AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main) VALUES ($1, $2, true, ${until("$3")}, NULL)
        ON CONFLICT (key) DO UPDATE SET token = $2, done = true, expires = EXCLUDED.expires, main = NULL
          WHERE held.token = $2 OR held.expires <= clock_timestamp()
        RETURNING 1
      ), named AS (
        INSERT INTO ${table} AS held (key, token, done, expires, main)
        SELECT $4::text, '', false, ${until("$5")}, $1 WHERE $4::text IS NOT NULL
        ON CONFLICT (key) DO UPDATE SET expires = EXCLUDED.expires, main = EXCLUDED.main
          WHERE held.main = $1 OR held.expires <= clock_timestamp()
      )
      SELECT 1 FROM settled`,
    release: `DELETE FROM ${table} WHERE key = $1 AND token = $2 AND NOT done RETURNING 1`,
    extend: `
      INSERT INTO ${table} AS held (key, token, done, expires, main) VALUES ($1, $2, false, ${until("$3")}, NULL)
      ON CONFLICT (key) DO UPDATE SET token = $2, done = false, expires = EXCLUDED.expires, main = NULL
        WHERE (held.token = $2 AND NOT held.done) OR held.expires <= clock_timestamp()
      RETURNING 1`,
  };
}
