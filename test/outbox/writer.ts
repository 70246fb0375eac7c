/** A process that can be killed: it commits or rolls back business rows, each with its event. */
import { sqliteOutbox } from "@countersign/outbox";
import { postgresOutbox } from "@countersign/outbox/postgres";
import { createSender } from "@countersign/sender";
import pg from "pg";
import { randomFrom } from "./random.ts";
import { open } from "./sqlite.ts";
import type { StoreOptions } from "./worker.ts";

/** What a writer is started with. */
export interface WriterOptions {
  readonly store: StoreOptions;
  readonly name: string;
  readonly seed: number;
  /** So many transactions, and it ends. */
  readonly transactions: number;
}

const { store, name, seed, transactions } = JSON.parse(process.env["WRITER"] as string) as WriterOptions;
const random = randomFrom(seed);
const endpoints = [{ name: "e", url: "https://example.com/", enabled: false, breaker: false }] as const;
process.on("disconnect", () => process.exit());

async function sqlite(path: string): Promise<void> {
  const sender = createSender({ endpoints, outbox: sqliteOutbox(path) });
  const connection = open(path);
  connection.exec("PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL");
  const insert = connection.prepare("INSERT INTO business VALUES (?)");
  for (let n = 0; n < transactions; n += 1) {
    const id = `${name}-${n}`;
    connection.exec("BEGIN IMMEDIATE");
    insert.run(id);
    await sender.send({ id, type: "row", data: n }, { tx: connection });
    connection.exec(random() < 0.3 ? "ROLLBACK" : "COMMIT");
  }
}

async function postgres(url: string, schema: string): Promise<void> {
  const pool = new pg.Pool({ connectionString: url });
  const sender = createSender({ endpoints, outbox: postgresOutbox(pool, { schema }) });
  const client = await pool.connect();
  for (let n = 0; n < transactions; n += 1) {
    const id = `${name}-${n}`;
    await client.query("BEGIN");
    await client.query(`INSERT INTO ${schema}.business VALUES ($1)`, [id]);
    await sender.send({ id, type: "row", data: n }, { tx: client });
    await client.query(random() < 0.3 ? "ROLLBACK" : "COMMIT");
  }
}

if (store.kind === "sqlite") await sqlite(store.path);
if (store.kind === "postgres") await postgres(store.url, store.schema);
process.exit();
