/** Kysely: a row and its webhook in one transaction. Over `pg`; the event goes out after the commit. */
import type { PostgresClient } from "@countersign/outbox/postgres";
import type { Sender } from "@countersign/sender";
import { CompiledQuery, type Kysely, type Transaction } from "kysely";

export interface Tables {
  paid: { invoice: string };
}

const clientOf = (tx: Transaction<Tables>): PostgresClient => ({
  query: (text, values = []) => tx.executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values)),
});

export function pay(db: Kysely<Tables>, sender: Sender<PostgresClient>, invoice: string) {
  return db.transaction().execute(async (tx) => {
    await tx.insertInto("paid").values({ invoice }).execute();
    await sender.send({ id: invoice, type: "invoice.paid", data: { invoice } }, { tx: clientOf(tx) });
    if (invoice === "refused") throw new Error("refused");
  });
}
