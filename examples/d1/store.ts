import { type ClaimState, defineReplayStore, type ReplayStore, type Twin } from "@countersign/core";

/** The part of a D1 database that is used. */
export interface Database<Statement = unknown> {
  prepare(sql: string): { bind(...values: (string | number | null)[]): Statement };
  /** Runs the statements as one transaction. */
  batch(statements: Statement[]): Promise<{ results: unknown[] }[]>;
}

// A key that is claimed or done is a row whose `main` is itself; another name of it is a row whose `main` is that key.
// Time is the database's.
const NOW = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";

/** The row that these names mean; nothing when they are free. */
const found = (names: string) => `
  SELECT held.* FROM countersign_replay AS own JOIN countersign_replay AS held ON held.key = own.main
  WHERE own.key IN (${names}) AND own.expires > ${NOW} AND held.main = held.key AND held.expires > ${NOW}
  ORDER BY held.done DESC, own.key = ?1 DESC LIMIT 1`;

const COLUMNS = "countersign_replay (key, main, token, done, expires)";
const REPLACE = "ON CONFLICT (key) DO UPDATE SET main = excluded.main, token = excluded.token, done = excluded.done";

// ?1 key, ?2 twin or null, ?3 token, ?4 lease
const CLAIM = `
  INSERT INTO ${COLUMNS} SELECT ?1, ?1, ?3, 0, ${NOW} + ?4 WHERE NOT EXISTS (${found("?1, ?2")})
  ${REPLACE}, expires = excluded.expires`;

// ?1 key, ?2 twin or null, ?3 how long both mean the same, ?4 whose it must be, or null. Of what is claimed or done
// itself no name is made.
const NAME = `
  INSERT INTO ${COLUMNS}
  SELECT name.value, held.key, '', 0, ${NOW} + ?3
  FROM json_each(json_array(?1, ?2)) AS name JOIN (${found("?1, ?2")}) AS held
  WHERE ?2 IS NOT NULL AND name.value <> held.key AND (?4 IS NULL OR held.token = ?4)
  ${REPLACE}, expires = excluded.expires
    WHERE countersign_replay.main <> countersign_replay.key OR countersign_replay.expires <= ${NOW}`;

// ?1 key, ?2 twin or null
const STATE = found("?1, ?2");

// Each claim deletes a few rows that have expired, so that the table stays as large as what is alive.
const SWEEP = `
  DELETE FROM countersign_replay WHERE key IN (
    SELECT key FROM countersign_replay WHERE expires <= ${NOW} ORDER BY expires LIMIT 4)`;

// ?1 key, ?2 token, ?3 ttl
const COMMIT = `
  INSERT INTO ${COLUMNS} SELECT ?1, ?1, ?2, 1, ${NOW} + ?3 WHERE NOT EXISTS (
    SELECT 1 FROM (${found("?1")}) WHERE token <> ?2)
  ${REPLACE}, expires = excluded.expires RETURNING key`;

// ?1 key, ?2 token, ?3 lease
const EXTEND = `
  INSERT INTO ${COLUMNS} SELECT ?1, ?1, ?2, 0, ${NOW} + ?3 WHERE NOT EXISTS (
    SELECT 1 FROM (${found("?1")}) WHERE token <> ?2 OR done)
  ${REPLACE}, expires = excluded.expires RETURNING key`;

// ?1 key, ?2 token
const RELEASE = `
  DELETE FROM countersign_replay
  WHERE key = ?1 AND main = ?1 AND token = ?2 AND NOT done AND expires > ${NOW} RETURNING key`;

/** A replay store for Workers in D1. Every operation is one transaction, and one round trip. */
export function d1ReplayStore(database: Database<any>): ReplayStore {
  const statement = (sql: string, ...values: (string | number | null)[]) => database.prepare(sql).bind(...values);
  const named = (key: string, twin: Twin | undefined, holder: string | null) =>
    statement(NAME, key, twin?.key ?? null, twin?.ttl ?? 0, holder);
  return defineReplayStore({
    async claim(key, token, lease, twin): Promise<ClaimState> {
      const other = twin?.key ?? null;
      const [, , state] = await database.batch([
        statement(CLAIM, key, other, token, lease),
        named(key, twin, null),
        statement(STATE, key, other),
        statement(SWEEP),
      ]);
      const row = state?.results[0] as { token: string; done: number } | undefined;
      if (row?.done === 1) return "done";
      // No row: what held the key expired between two statements.
      return row?.token === token ? "new" : "busy";
    },
    async commit(key, token, ttl, twin) {
      const [settled] = await database.batch([statement(COMMIT, key, token, ttl), named(key, twin, token)]);
      return settled?.results.length === 1;
    },
    async release(key, token) {
      const [released] = await database.batch([statement(RELEASE, key, token)]);
      return released?.results.length === 1;
    },
    async extend(key, token, lease) {
      const [extended] = await database.batch([statement(EXTEND, key, token, lease)]);
      return extended?.results.length === 1;
    },
  });
}
