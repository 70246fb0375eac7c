import { type Duration, parseDuration } from "@countersign/core";
import { checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import { machineClock, type SenderClock } from "@countersign/sender";
import type { Retention } from "./finish.ts";

/** Options of {@link sqliteOutbox}. */
export interface SqliteOutboxOptions {
  /** The most events that are remembered after their end, so that they are not sent a second time. @default 100_000 */
  readonly remembered?: number;
  /** For how long they are. @default "24h" */
  readonly rememberFor?: Duration;
  /** How long dead letters are kept. @default "720h" */
  readonly deadLetters?: Duration;
  /**
   * The most bytes that the file's contents may take; beyond, `send` is refused with `OutboxFull`. Default: the disk is
   * the bound, and `disk_full` the refusal.
   */
  readonly maxBytes?: number;
  /**
   * How long what a process has in hand stays its own without a sign of life: it gives one three times as often, while it
   * lives. What a killed process had in hand is sent by another after that. @default "15s"
   */
  readonly lease?: Duration;
  /** How often a sender looks for what other processes enqueued. @default "500ms" */
  readonly pollInterval?: Duration;
  /** By which it keeps the time, for tests: the sender's own. Default: the machine's. */
  readonly clock?: SenderClock;
}

const KEYS: KeysOf<SqliteOutboxOptions> = {
  remembered: "optional",
  rememberFor: "optional",
  deadLetters: "optional",
  maxBytes: "optional",
  lease: "optional",
  pollInterval: "optional",
  clock: "optional",
};

/** The options, checked and complete, and what the tables' names begin with. */
export interface Settings {
  readonly prefix: string;
  readonly lease: number;
  readonly pollInterval: number;
  readonly maxBytes: number;
  readonly retention: Retention;
  readonly clock: SenderClock;
}

/** @throws ConfigurationError when one is unknown or out of its range */
export function readOptions(options: SqliteOutboxOptions, prefix: string): Settings {
  checkOptions(options, KEYS, "sqliteOutbox");
  const { remembered = 100_000, rememberFor = "24h", deadLetters = "720h", pollInterval = "500ms" } = options;
  const { maxBytes } = options;
  return {
    prefix,
    clock: options.clock ?? machineClock,
    maxBytes:
      maxBytes === undefined
        ? Number.POSITIVE_INFINITY
        : checkInteger(maxBytes, "sqliteOutbox.maxBytes", 100_000, undefined, "bytes"),
    lease: parseDuration(options.lease ?? "15s", "sqliteOutbox.lease", 1_000),
    pollInterval: parseDuration(pollInterval, "sqliteOutbox.pollInterval", 1),
    retention: {
      remembered: checkInteger(remembered, "sqliteOutbox.remembered", 0),
      rememberFor: parseDuration(rememberFor, "sqliteOutbox.rememberFor"),
      deadLetters: parseDuration(deadLetters, "sqliteOutbox.deadLetters"),
    },
  };
}
