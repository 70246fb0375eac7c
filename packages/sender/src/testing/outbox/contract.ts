import type { Outbox } from "../../outbox/outbox.ts";
import { claims } from "./claims.ts";
import { endpoints } from "./endpoints.ts";
import { enqueueing } from "./enqueue.ts";
import type { Case, Chapter, OutboxUnderTest } from "./kit.ts";
import { letters } from "./letters.ts";
import { results } from "./results.ts";
import { transactions } from "./transactions.ts";

/** One promise of the `Outbox` interface, as a check. */
export interface ContractCase {
  /** The promise, as a sentence: a test's title. */
  readonly name: string;
  /** Rejects with an `AssertionError` when the promise is broken. */
  run(): Promise<void>;
}

/** What an implementation can do beyond the rest. */
export interface ContractOptions {
  /** It enqueues in transactions of the application's own, which `begin` opens. @default false */
  readonly transactions?: boolean;
}

/**
 * The promises of the `Outbox` interface, over two connections to one store. Run each case as a test of its own, in any
 * test runner.
 *
 * @param create makes an empty outbox with room for at least 100 events
 *
 * @example
 * ```ts
 * import { fakeClock } from "@countersign/core/testing";
 * import { memoryOutbox } from "@countersign/sender";
 * import { outboxContract } from "@countersign/sender/testing";
 * import { test } from "node:test";
 *
 * const create = async () => {
 *   const clock = fakeClock();
 *   return { outbox: memoryOutbox({ clock }), elapse: async (milliseconds: number) => clock.advance(milliseconds) };
 * };
 * for (const { name, run } of outboxContract(create)) test(name, run);
 * ```
 */
export function outboxContract<Tx>(
  create: () => Promise<OutboxUnderTest<Tx>>,
  options: ContractOptions = {},
): readonly ContractCase[] {
  const chapters: Chapter[] = [enqueueing, claims, results, letters, endpoints];
  if (options.transactions === true) chapters.push(transactions);
  return chapters.flatMap(Object.entries<Chapter[string]>).map(([name, check]) => ({
    name,
    run: () => runCase(check, create as () => Promise<OutboxUnderTest<unknown>>),
  }));
}

async function runCase(check: Chapter[string], create: () => Promise<OutboxUnderTest<unknown>>): Promise<void> {
  const under = await create();
  const others: Outbox<unknown>[] = [];
  try {
    const other = (await under.connect?.()) ?? under.outbox;
    others.push(other);
    const given: Case = {
      outbox: under.outbox,
      other,
      elapse: (milliseconds) => under.elapse(milliseconds),
      begin() {
        if (under.begin === undefined) throw new Error("The implementation under test gives no begin().");
        return under.begin();
      },
    };
    await check(given);
  } finally {
    for (const outbox of [under.outbox, ...others]) await outbox.close();
    await under.dispose?.();
  }
}
