import type { Migration } from "@countersign/outbox";
import type { Context, Outcome } from "../command-line/command.ts";
import { connect, storeFailure, whichStore } from "./open.ts";

/** Of what the tables are. */
type Kind = "outbox" | "inbox";

/** Makes a store's tables, or brings them to this version; with `--sql` only says how. @throws Failure */
export async function migrate(context: Context, of: Kind): Promise<Outcome> {
  const { path, name } = whichStore(context);
  if (context.given.on("sql")) {
    const sql = path === undefined ? await postgresSql(context, of) : await sqliteSql(of);
    return { ok: true, json: { sql }, lines: sql.split("\n") };
  }
  try {
    const { from, to } = path === undefined ? await migratePostgres(name, context, of) : await migrateSqlite(path, of);
    const did = from === 0 ? "The tables were made" : `The tables were of version ${from}`;
    const lines = [
      from === to ? `The tables are of version ${to}: nothing to do.` : `${did}; they are of version ${to} now.`,
    ];
    return { ok: true, json: { from, to }, lines };
  } catch (error) {
    throw storeFailure(error);
  }
}

async function sqliteSql(of: Kind): Promise<string> {
  return (await import("@countersign/outbox/sqlite")).sqliteSql({ of });
}

async function migrateSqlite(path: string, of: Kind): Promise<Migration> {
  return (await import("@countersign/outbox/sqlite")).migrateSqlite(path, { of });
}

function schemaIn({ given }: Context): { readonly schema?: string } {
  const schema = given.text("schema");
  return schema === undefined ? {} : { schema };
}

/** Ends with what the role needs that uses it. */
async function postgresSql(context: Context, of: Kind): Promise<string> {
  const { postgresInboxSql, postgresOutboxSql } = await import("@countersign/outbox/postgres");
  const options = schemaIn(context);
  const sql = of === "inbox" ? postgresInboxSql(options) : postgresOutboxSql(options);
  const { schema = "countersign" } = options;
  return `${sql.trim()};
-- For the role that sends or receives, which needs no right to create:
-- GRANT USAGE ON SCHEMA ${schema} TO …;
-- GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO …;
-- GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO …;`;
}

async function migratePostgres(name: string, context: Context, of: Kind): Promise<Migration> {
  const { migratePostgresInbox, migratePostgresOutbox } = await import("@countersign/outbox/postgres");
  const pool = await connect(name, context);
  try {
    return await (of === "inbox" ? migratePostgresInbox : migratePostgresOutbox)(pool, schemaIn(context));
  } finally {
    await pool.end();
  }
}
