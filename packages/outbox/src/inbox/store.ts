import type { Outbox, Placing } from "@countersign/sender";

/** An outbox that also knows keys: what it keeps under one it keeps once. */
export interface KeyedOutbox extends Outbox<never> {
  /** Whether any of these is known and not forgotten yet. */
  knows(keys: readonly string[]): Promise<boolean>;
  /**
   * Enqueues, and makes the keys known for `ttl` milliseconds, in one transaction. Where one of them was known, the others
   * become known too, and nothing is enqueued: `false`.
   */
  keepOnce(keys: readonly string[], ttl: number, placing: Placing): Promise<boolean>;
}
