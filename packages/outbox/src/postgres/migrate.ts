import { checkOptions, type KeysOf } from "@countersign/core/checks";
import { OutboxError } from "../rows/errors.ts";
import type { Migration } from "../rows/migration.ts";
import { type PostgresClient, type Query, querier } from "./client.ts";
import { functions } from "./functions/all.ts";
import { checkNames, type Names, type PostgresNames } from "./names.ts";
import { ordering } from "./ordering.ts";
import { tables } from "./tables.ts";

/** The version of tables and functions that this code needs. */
const VERSION = 2;
/** What makes the tables what they are, a step for each version. A step that was published is never changed. */
const STEPS: readonly ((names: Names) => string)[] = [tables, ordering];

const NAMES: KeysOf<PostgresNames> = { schema: "optional", prefix: "optional" };

/**
 * The SQL that brings a database to this version, from whatever version it has: one statement, and so one transaction.
 * For migrations of your own; run it as the owner of the schema.
 *
 * @throws ConfigurationError when a name is not plain
 */
export function postgresOutboxSql(options: PostgresNames = {}): string {
  checkOptions(options, NAMES, "postgresOutboxSql");
  const names = checkNames(options);
  const steps = STEPS.map((step, index) => `IF found < ${index + 1} THEN ${step(names)} END IF;`);
  return `
    DO $migration$
    DECLARE
      found integer;
    BEGIN
      PERFORM pg_advisory_xact_lock(hashtextextended('countersign ${names.own}', 0));
      -- Not CREATE … IF NOT EXISTS: that asks for the right to create first.
      IF to_regnamespace('${names.schema}') IS NULL THEN CREATE SCHEMA ${names.schema}; END IF;
      IF to_regclass('${names.own}meta') IS NULL THEN
        CREATE TABLE ${names.own}meta (one boolean PRIMARY KEY DEFAULT true CHECK (one), version integer NOT NULL);
      END IF;
      found := coalesce((SELECT version FROM ${names.own}meta), 0);
      IF found > ${VERSION} THEN RAISE EXCEPTION 'newer schema: %', found USING ERRCODE = 'CS001'; END IF;
      IF found = ${VERSION} THEN RETURN; END IF;
      ${steps.join("\n")}
      ${functions(names).join("\n")}
      INSERT INTO ${names.own}meta (version) VALUES (${VERSION}) ON CONFLICT (one) DO UPDATE SET version = ${VERSION};
    END
    $migration$`;
}

/**
 * Makes schema, tables and functions, or brings them to this version. Several processes may do so at once. It alone needs the
 * right to create: the role that sends needs `USAGE` on the schema, and all on its tables and sequences.
 *
 * @throws OutboxError `newer_schema` when a newer version of this package was here
 *
 * @example
 * ```ts
 * import { migratePostgresOutbox } from "@countersign/outbox/postgres";
 * import pg from "pg";
 *
 * export async function migrate(connectionString: string) {
 *   const pool = new pg.Pool({ connectionString });
 *   await migratePostgresOutbox(pool);
 *   await pool.end();
 * }
 * ```
 */
export async function migratePostgresOutbox(client: PostgresClient, options: PostgresNames = {}): Promise<Migration> {
  const sql = postgresOutboxSql(options);
  const names = checkNames(options);
  const query = querier(client, "client");
  const from = await versionIn(query, names);
  if (from < VERSION) {
    await query(sql).catch((error) => {
      throw asNewer(error, names);
    });
  }
  return { from, to: VERSION };
}

/** The prefix of an inbox's tables, unless it is given. */
export const INBOX = { prefix: "inbox_" } as const;

/** {@link postgresOutboxSql} for the tables of `postgresInbox`. @throws ConfigurationError when a name is not plain */
export function postgresInboxSql(options: PostgresNames = {}): string {
  return postgresOutboxSql({ ...INBOX, ...options });
}

/** {@link migratePostgresOutbox} for the tables of `postgresInbox`. @throws OutboxError `newer_schema` */
export function migratePostgresInbox(client: PostgresClient, options: PostgresNames = {}): Promise<Migration> {
  return migratePostgresOutbox(client, { ...INBOX, ...options });
}

function asNewer(error: unknown, names: Names): unknown {
  const { code, message } = error as { code?: unknown; message?: string };
  return code === "CS001" ? newer(names, Number(message?.split(" ").at(-1))) : error;
}

function newer({ own }: Names, found: number): OutboxError {
  return new OutboxError(
    "newer_schema",
    `The tables ${own}… were made by a newer version of @countersign/outbox (version ${found}, this one knows ${VERSION}). Update this process; nothing was changed.`,
  );
}

/** Which version tables and functions have; 0 where there are none. @throws OutboxError `newer_schema` */
async function versionIn(query: Query, names: Names): Promise<number> {
  let version: unknown;
  try {
    [{ version } = { version: 0 }] = (await query(`SELECT version FROM ${names.own}meta`)) as [{ version: unknown }];
  } catch (error) {
    // No such schema, no such table.
    if (!["3F000", "42P01"].includes((error as { code: string }).code)) throw error;
    return 0;
  }
  if (Number(version) > VERSION) throw newer(names, Number(version));
  return Number(version);
}

/** Whether tables and functions are those of this version. @throws OutboxError `newer_schema` */
export async function isMigrated(query: Query, names: Names): Promise<boolean> {
  return (await versionIn(query, names)) === VERSION;
}
