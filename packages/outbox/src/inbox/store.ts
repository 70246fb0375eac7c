import type { Finished, Outbox, Placing, Result } from "@countersign/sender";

/** Writes results down, in a transaction that is open. */
export type FinishIn = (results: readonly Result[]) => Promise<readonly Finished[]>;

/**
 * Does work in a transaction of its own, in which results can be written down too. It is committed when the work is done, and
 * rolled back when it rejects.
 */
export type Transact<Tx> = <Value>(work: (tx: Tx, finish: FinishIn) => Promise<Value>) => Promise<Value>;

/** An outbox that also knows keys: what it keeps under one it keeps once. `Tx` is a transaction of its database. */
export interface KeyedOutbox<Tx = never> extends Outbox<never> {
  /** Whether any of these is known and not forgotten yet. */
  knows(keys: readonly string[]): Promise<boolean>;
  /**
   * Enqueues, and makes the keys known for `ttl` milliseconds, in one transaction. Where one of them was known, the others
   * become known too, and nothing is enqueued: `false`. With an ordering key it cannot be claimed while an older one of
   * that key waits, is in hand or is dead.
   */
  keepOnce(keys: readonly string[], ttl: number, placing: Placing, ordering?: string): Promise<boolean>;
  /** What begins transactions. @throws ConfigurationError where the client cannot */
  transactor(): Transact<Tx>;
  /** Nothing is written while a transaction is open, so that there is one at a time, and its claims cannot be taken. */
  readonly oneWriter: boolean;
}
