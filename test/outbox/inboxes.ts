import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tailscale } from "@countersign/core/providers";
import { signedRequest } from "@countersign/core/testing";
import { type DurableInbox, type ReceivedDelivery, type SqliteConnection, sqliteInbox } from "@countersign/outbox";
import { type PgLike, postgresInbox } from "@countersign/outbox/postgres";
import pg from "pg";
import { afterEach } from "vitest";
import { available, DATABASE_URL } from "../replay/services.ts";
import { freshSchema, run } from "./postgres.ts";
import { open } from "./sqlite.ts";

export const secret = "tskey-webhook-inbox";
export const signed = (message: string) =>
  signedRequest(tailscale, {
    secret,
    payload: [{ timestamp: "", version: 1, type: "test", tailnet: "t", message }],
  } as never);
export const messageOf = (delivery: Pick<ReceivedDelivery, "json">) =>
  (delivery.json() as { message: string }[])[0]?.message as string;

/** An inbox of a test, other connections to it, and a table of the application's own beside it. */
export interface Opened {
  readonly inbox: DurableInbox;
  /** Another connection to the same. */
  again(): DurableInbox;
  /** Runs one statement outside of any transaction. */
  sql(text: string): Promise<readonly Record<string, unknown>[]>;
  /** Inserts a row into the application's table `effect`, in a handler's transaction. */
  effect(tx: unknown, what: string): Promise<void>;
  /** All rows of it. */
  effects(): Promise<string[]>;
}

const ends: (() => Promise<unknown>)[] = [];
/** Called after the test, the latest first. */
export const atEnd = (end: () => Promise<unknown>): void => void ends.push(end);
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

/** Each store that is there, by name. */
export const STORES: Record<string, () => Promise<Opened>> = {
  async SQLite() {
    const folder = mkdtempSync(join(tmpdir(), "countersign-inbox-"));
    atEnd(async () => rmSync(folder, { recursive: true }));
    const path = join(folder, "inbox.db");
    const again = () => {
      const inbox = sqliteInbox(path, { pollInterval: "20ms" });
      atEnd(() => inbox.close());
      return inbox as DurableInbox;
    };
    const inbox = again();
    const connection = open(path);
    atEnd(async () => connection.close());
    connection.exec("PRAGMA busy_timeout = 5000; CREATE TABLE effect (what TEXT)");
    const sql = async (text: string) => connection.prepare(text).all() as Record<string, unknown>[];
    return {
      inbox,
      again,
      sql,
      effect: async (tx, what) => void (tx as SqliteConnection).prepare("INSERT INTO effect VALUES (?)").run(what),
      effects: async () => (await sql("SELECT what FROM effect ORDER BY rowid")).map((row) => row["what"] as string),
    };
  },
};
if (await available("PostgreSQL", DATABASE_URL)) {
  STORES["PostgreSQL"] = async () => {
    const schema = freshSchema();
    const pool = new pg.Pool({ connectionString: DATABASE_URL });
    pool.on("error", () => {});
    await run(DATABASE_URL, `CREATE SCHEMA ${schema}`, `CREATE TABLE ${schema}.effect (n serial, what text)`);
    atEnd(async () => {
      await pool.end();
      await run(DATABASE_URL, `DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    });
    const again = () => {
      const inbox = postgresInbox(pool, { schema, pollInterval: "20ms" });
      atEnd(() => inbox.close());
      return inbox as DurableInbox;
    };
    const sql = async (text: string) => (await pool.query(text.replaceAll("countersign_", `${schema}.`))).rows;
    return {
      inbox: again(),
      again,
      sql,
      effect: async (tx, what) =>
        void (await (tx as PgLike).query(`INSERT INTO ${schema}.effect (what) VALUES ($1)`, [what])),
      effects: async () =>
        (await sql(`SELECT what FROM ${schema}.effect ORDER BY n`)).map((row) => row["what"] as string),
    };
  };
}
