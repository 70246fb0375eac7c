import { type Duration, parseDuration } from "@countersign/core";
import { checkChoice, checkInteger, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";

/** Options of {@link pgBossDelivery}. */
export interface PgBossOptions {
  /** The queue's name; its dead letters are in the queue of that name with `_dead` behind. @default "webhooks" */
  readonly queue?: string;
  /** Requests at a time in this process, for all endpoints. @default 8 */
  readonly concurrency?: number;
  /** Requests at a time to one endpoint, over all processes. @default 2 */
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
  return {
    queue: checkText(queue, "pgBoss.queue"),
    fifo: checkChoice(order, "pgBoss.order", ["any", "fifo"]) === "fifo",
    localConcurrency: checkInteger(options.concurrency ?? 8, "pgBoss.concurrency", 1, 1_000),
    groupConcurrency: checkInteger(options.perEndpoint ?? 2, "pgBoss.perEndpoint", 1, 1_000),
    pollingIntervalSeconds: parseDuration(pollInterval, "pgBoss.pollInterval", 500) / 1_000,
    heartbeatSeconds: Math.ceil(parseDuration(heartbeat, "pgBoss.heartbeat", 10_000) / 1_000),
    whenDisabled: parseDuration(whenDisabled, "pgBoss.whenDisabled", 1),
  };
}
