import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import {
  checkBoolean,
  checkChoice,
  checkFunction,
  checkInteger,
  checkOptions,
  type KeysOf,
} from "@countersign/core/checks";
import { exponential, type Schedule } from "@countersign/sender";
import type { ReceivedDelivery } from "./deliveries.ts";

/** What a worker does with a delivery. What it throws, or rejects with, is tried again. */
export type InboxHandler = (delivery: ReceivedDelivery) => unknown;

/** The same, in a transaction: its effect is there if, and only if, the delivery is done. Use no other way to the database in it. */
export type TransactionHandler<Tx> = (delivery: ReceivedDelivery, tx: Tx) => unknown;

/** How deliveries are handed on: how often, how many at a time, in which order. */
export interface WorkerOptions {
  /** When a delivery whose handler failed is tried again; after the last time it is a dead letter. @default exponential() */
  readonly retry?: Schedule;
  /** Deliveries at a time, in this process. @default 8, and 1 with `order: "fifo"` or a transaction in SQLite */
  readonly concurrency?: number;
  /** `"fifo"`: strictly in the order in which they came, over all workers: one that fails holds back those behind it. @default "any" */
  readonly order?: "any" | "fifo";
  /** How long a delivery is held without a sign of life; renewed while the handler works. @default "30s" */
  readonly lease?: Duration;
  /**
   * The handler is given a transaction, as its second argument. In SQLite nobody else writes meanwhile, and there is one
   * at a time; in PostgreSQL it takes a connection of the pool. @default false
   */
  readonly transaction?: boolean;
  /** Told of what fails: a handler, with its delivery, or the inbox itself. Default: nobody. */
  readonly onFailure?: (error: unknown, delivery: ReceivedDelivery | undefined) => unknown;
}

/** Workers have leases of their own, and renew them themselves: the store shortens none. */
export const WORKERS = { lease: "24h" } as const;

const KEYS: KeysOf<WorkerOptions> = {
  retry: "optional",
  concurrency: "optional",
  order: "optional",
  lease: "optional",
  transaction: "optional",
  onFailure: "optional",
};
/** The options, checked and complete. @throws ConfigurationError */
export function checkWorker(options: WorkerOptions, oneWriter: boolean) {
  checkOptions(options, KEYS, "work");
  const { retry = exponential(), lease = "30s" } = options;
  if (typeof retry?.next !== "function") {
    throw new ConfigurationError("work.retry", "work.retry must be a schedule: exponential(), waits([…]), every(…).");
  }
  const fifo = checkChoice(options.order ?? "any", "work.order", ["any", "fifo"]) === "fifo";
  const transaction = checkBoolean(options.transaction ?? false, "work.transaction");
  const single = fifo || (transaction && oneWriter);
  const onFailure = checkFunction(options.onFailure, "work.onFailure");
  return {
    retry,
    transaction,
    lease: parseDuration(lease, "work.lease", 1_000),
    order: fifo ? ("fifo" as const) : ("due" as const),
    concurrency: checkInteger(options.concurrency ?? (single ? 1 : 8), "work.concurrency", 1, single ? 1 : 1_024),
    // What the application's own observer throws changes nothing.
    onFailure: (error: unknown, delivery: ReceivedDelivery | undefined): void => {
      Promise.resolve()
        .then(() => onFailure?.(error, delivery))
        .catch(() => {});
    },
  };
}
