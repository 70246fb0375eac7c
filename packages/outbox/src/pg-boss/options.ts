import { type Duration, parseDuration } from "@countersign/core";
import { checkChoice, checkInteger, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { PgBossDatabase } from "./boss.ts";

/** Options of {@link pgBossDelivery}. */
export interface PgBossOptions {
  /** The queue's name; its dead letters are in the queue of that name with `_dead` behind. @default "webhooks" */
  readonly queue?: string;
  /** Requests at a time in this process, for all endpoints. @default 8 */
  readonly concurrency?: number;
  /**
   * Requests at a time to one endpoint in this process, at most `concurrency`: pg-boss's bound over all processes is overstepped by
   * workers that look at the same moment. Default: 2, or 1 where `concurrency` is.
   */
  readonly perEndpoint?: number;
  /** `"fifo"`: one after the other for each endpoint; a dead letter then holds back those behind it. Decided by `prepare`. @default "any" */
  readonly order?: "any" | "fifo";
  /** A job whose process is silent for so long is taken by another; pg-boss wants 10 seconds at least. @default "30s" */
  readonly heartbeat?: Duration;
  /** How often a worker that has nothing to do looks for jobs; pg-boss wants half a second at least. @default "2s" */
  readonly pollInterval?: Duration;
  /** How long the events of a disabled endpoint wait before it is looked at again. @default "5m" */
  readonly whenDisabled?: Duration;
}

/** For one event: where it goes, and with which transaction. */
export interface PgBossEnqueueOptions {
  /** Only these endpoints, and only if their filters want the event. Default: all. */
  readonly to?: string | readonly string[];
  /** Your own open transaction, as pg-boss takes it: the event is sent if and only if it commits. Default: kept at once. */
  readonly db?: PgBossDatabase;
}

export const ENQUEUE: KeysOf<PgBossEnqueueOptions> = { to: "optional", db: "optional" };
const KEYS: KeysOf<PgBossOptions> = {
  queue: "optional",
  concurrency: "optional",
  perEndpoint: "optional",
  order: "optional",
  heartbeat: "optional",
  pollInterval: "optional",
  whenDisabled: "optional",
};

/** The options with their defaults. @throws ConfigurationError */
export function readOptions(options: PgBossOptions) {
  checkOptions(options, KEYS, "pgBoss");
  const { queue = "webhooks", order = "any", heartbeat = "30s", pollInterval = "2s", whenDisabled = "5m" } = options;
  const localConcurrency = checkInteger(options.concurrency ?? 8, "pgBoss.concurrency", 1, 1_000);
  const { perEndpoint = Math.min(2, localConcurrency) } = options;
  return {
    queue: checkText(queue, "pgBoss.queue"),
    fifo: checkChoice(order, "pgBoss.order", ["any", "fifo"]) === "fifo",
    localConcurrency,
    localGroupConcurrency: checkInteger(perEndpoint, "pgBoss.perEndpoint", 1, localConcurrency),
    pollingIntervalSeconds: parseDuration(pollInterval, "pgBoss.pollInterval", 500) / 1_000,
    heartbeatSeconds: Math.ceil(parseDuration(heartbeat, "pgBoss.heartbeat", 10_000) / 1_000),
    whenDisabled: parseDuration(whenDisabled, "pgBoss.whenDisabled", 1),
  };
}
