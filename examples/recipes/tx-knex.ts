/** Knex: a row and its webhook in one transaction. Over `pg`; the event goes out after the commit. */
import type { PostgresClient } from "@countersign/outbox/postgres";
import type { Sender } from "@countersign/sender";
import type { Knex } from "knex";

/** Knex writes `?` where PostgreSQL has `$1`. A statement of the outbox has no other question mark. */
const clientOf = (tx: Knex.Transaction): PostgresClient => ({
  query: async (text, values = []) => tx.raw(text.replace(/\$\d+/g, "?"), values as string[]),
});

export function pay(db: Knex, sender: Sender<PostgresClient>, invoice: string) {
  return db.transaction(async (tx) => {
    await tx("paid").insert({ invoice });
    await sender.send({ id: invoice, type: "invoice.paid", data: { invoice } }, { tx: clientOf(tx) });
    if (invoice === "refused") throw new Error("refused");
  });
}
