import { type PostgresClient, postgresOutbox } from "@countersign/outbox/postgres";
import { createSender, type Sender } from "@countersign/sender";
import { drizzle } from "drizzle-orm/node-postgres";
import knex from "knex";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pay as payDrizzle } from "./tx-drizzle.ts";
import { pay as payKnex } from "./tx-knex.ts";
import { pay as payKysely, type Tables } from "./tx-kysely.ts";
import { type Prisma, pay as payPrisma, type Transaction } from "./tx-prisma.ts";

const DATABASE_URL = process.env["DATABASE_URL"] ?? "postgres://postgres@127.0.0.1:5432/test";

async function answers(): Promise<boolean> {
  const client = new pg.Client({ connectionString: DATABASE_URL });
  const connected = await client.connect().then(
    () => true,
    () => false,
  );
  if (connected) await client.end();
  else if (process.env["CI"] === "true") throw new Error("PostgreSQL does not answer.");
  else console.warn("Left out: PostgreSQL does not answer; set DATABASE_URL.");
  return connected;
}

if (await answers()) {
  const schema = `recipes_${process.pid}`;
  const connectionString = `${DATABASE_URL}?options=-c%20search_path%3D${schema}`;
  let pool: pg.Pool;
  let sender: Sender<PostgresClient>;
  beforeAll(async () => {
    pool = new pg.Pool({ connectionString });
    const outbox = postgresOutbox(pool, { schema });
    sender = createSender({ outbox, endpoints: [{ name: "e", url: "https://example.com/", enabled: false }] });
    await outbox.stats();
    await pool.query("CREATE TABLE paid (invoice text)");
  });
  afterAll(async () => {
    await sender.close();
    await pool.query(`DROP SCHEMA ${schema} CASCADE`);
    await pool.end();
  });

  const libraries = {
    "tx-drizzle.ts": () => {
      const db = drizzle(pool);
      return { pay: (invoice: string) => payDrizzle(db, sender, invoice), close: async () => {} };
    },
    "tx-knex.ts": () => {
      const db = knex({ client: "pg", connection: connectionString });
      return { pay: (invoice: string) => payKnex(db, sender, invoice), close: () => db.destroy() };
    },
    "tx-kysely.ts": () => {
      const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString }) }) });
      return { pay: (invoice: string) => payKysely(db, sender, invoice), close: () => db.destroy() };
    },
    "tx-prisma.ts": () => {
      const db = prismaOver(pool);
      return { pay: (invoice: string) => payPrisma(db, sender, invoice), close: async () => {} };
    },
  };

  test.each(Object.entries(libraries))("%s: row and event are both there, or neither is", async (_name, make) => {
    await pool.query("DELETE FROM paid");
    await pool.query(`DELETE FROM ${schema}.outbox_item`);
    const { pay, close } = make();
    await pay("17");
    await expect(pay("refused")).rejects.toThrow();
    await close();
    expect((await pool.query("SELECT invoice FROM paid")).rows).toEqual([{ invoice: "17" }]);
    expect((await pool.query(`SELECT name FROM ${schema}.outbox_item`)).rows).toEqual([{ name: "17" }]);
  });
}

/** What a generated client of Prisma does, as far as it is called: its generator needs 300 MB of packages. */
function prismaOver(pool: pg.Pool): Prisma {
  return {
    async $transaction(work) {
      const client = await pool.connect();
      const tx: Transaction = {
        $queryRawUnsafe: async <Rows>(query: string, ...values: unknown[]) =>
          (await client.query(query, values)).rows as Rows,
        paid: { create: ({ data }) => client.query("INSERT INTO paid VALUES ($1)", [data.invoice]) },
      };
      try {
        await client.query("BEGIN");
        await work(tx);
        await client.query("COMMIT");
      } catch (error) {
        await client.query("ROLLBACK");
        throw error;
      } finally {
        client.release();
      }
    },
  };
}
