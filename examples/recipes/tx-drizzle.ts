/** Drizzle: a row and its webhook in one transaction. Over `pg`; the event goes out after the commit. */
import type { PostgresClient } from "@countersign/outbox/postgres";
import type { Sender } from "@countersign/sender";
import { sql } from "drizzle-orm";
import type { NodePgDatabase } from "drizzle-orm/node-postgres";

type Transaction = Parameters<Parameters<NodePgDatabase["transaction"]>[0]>[0];

/** A statement of the outbox has one parameter, $1. */
const clientOf = (tx: Transaction): PostgresClient => ({
  async query(text, values = []) {
    const [before = "", after = ""] = text.split("$1");
    return tx.execute(sql`${sql.raw(before)}${values[0]}${sql.raw(after)}`);
  },
});

export function pay(db: NodePgDatabase, sender: Sender<PostgresClient>, invoice: string) {
  return db.transaction(async (tx) => {
    await tx.execute(sql`INSERT INTO paid (invoice) VALUES (${invoice})`);
    await sender.send({ id: invoice, type: "invoice.paid", data: { invoice } }, { tx: clientOf(tx) });
    if (invoice === "refused") tx.rollback();
  });
}
