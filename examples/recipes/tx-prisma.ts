/** Prisma 7: a row and its webhook in one transaction. Over `@prisma/adapter-pg`; the event goes out after the commit. */
import type { PostgresClient } from "@countersign/outbox/postgres";
import type { Sender } from "@countersign/sender";

/** What the recipe calls of a generated client: an interactive transaction, and a statement in it. */
export interface Transaction {
  $queryRawUnsafe<Rows>(query: string, ...values: unknown[]): Promise<Rows>;
  readonly paid: { create(row: { data: { invoice: string } }): Promise<unknown> };
}
export interface Prisma {
  $transaction(work: (tx: Transaction) => Promise<void>): Promise<void>;
}

const clientOf = (tx: Transaction): PostgresClient => ({
  query: async (text, values = []) => ({ rows: await tx.$queryRawUnsafe(text, ...values) }),
});

export function pay(db: Prisma, sender: Sender<PostgresClient>, invoice: string) {
  return db.$transaction(async (tx) => {
    await tx.paid.create({ data: { invoice } });
    await sender.send({ id: invoice, type: "invoice.paid", data: { invoice } }, { tx: clientOf(tx) });
    if (invoice === "refused") throw new Error("refused");
  });
}
