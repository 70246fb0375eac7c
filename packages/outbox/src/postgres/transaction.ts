import { ConfigurationError } from "@countersign/core";
import type { PgLike, PostgresClient } from "./client.ts";

/** A connection that a pool of `pg` lends. */
interface Lent extends PgLike {
  release(destroy?: boolean): void;
  on?(event: "error", listener: () => void): unknown;
  removeListener?(event: "error", listener: () => void): unknown;
}

/** What else pools have. */
interface Pool {
  connect(): Promise<Lent>;
  readonly totalCount: number;
}

/** What else a connection of Postgres.js has. */
interface Beginning {
  begin<Value>(work: (tx: PostgresClient) => Promise<Value>): Promise<Value>;
}

/** Does work in a transaction of its own: committed when it is done, rolled back when it rejects. */
export type Transact = <Value>(work: (tx: PostgresClient) => Promise<Value>) => Promise<Value>;

/** How the client begins one. @throws ConfigurationError where it cannot */
export function transactor(client: PostgresClient): Transact {
  if (typeof (client as Partial<Beginning>).begin === "function") {
    return (work) => (client as unknown as Beginning).begin(work);
  }
  const pool = client as Partial<Pool>;
  // A Client has connect() too, and would have all others' statements in the transaction.
  if (typeof pool.connect === "function" && typeof pool.totalCount === "number") {
    return async (work) => within(await (pool as Pool).connect(), work);
  }
  throw new ConfigurationError(
    "work.transaction",
    "work.transaction takes an inbox over a Pool of pg or a connection of postgres (Postgres.js): each delivery has a transaction of its own.",
  );
}

async function within<Value>(connection: Lent, work: (tx: PostgresClient) => Promise<Value>): Promise<Value> {
  let broken = false;
  // Without a listener a connection that breaks while it is lent ends the process.
  const isBroken = (): void => {
    broken = true;
  };
  connection.on?.("error", isBroken);
  try {
    await connection.query("BEGIN");
    const value = await work(connection);
    const committed = (await connection.query("COMMIT")) as { readonly command?: unknown };
    // PostgreSQL answers so where a statement of the transaction had failed, and nobody told us.
    if (committed.command === "ROLLBACK") throw new Error("A statement failed, and the transaction was rolled back.");
    return value;
  } catch (error) {
    await connection.query("ROLLBACK").catch(isBroken);
    throw error;
  } finally {
    connection.removeListener?.("error", isBroken);
    connection.release(broken);
  }
}
