import { type Duration, parseDuration } from "@countersign/core";
import { checkBoolean, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { Listener } from "./listen.ts";
import { checkNames, type Names, type PostgresNames } from "./names.ts";

/** Options of {@link postgresOutbox}. */
export interface PostgresOutboxOptions extends PostgresNames {
  /** Migrates at the first use, where it is needed. `false` where the role may not: run the migration yourself. @default true */
  readonly migrate?: boolean;
  /** The most events that are remembered after their end, so that they are not sent a second time. @default 1_000_000 */
  readonly remembered?: number;
  /** For how long they are. @default "24h" */
  readonly rememberFor?: Duration;
  /** How long dead letters are kept. @default "720h" */
  readonly deadLetters?: Duration;
  /**
   * How long what a process has in hand stays its own without a sign of life: it gives one three times as often, while it
   * lives. What a killed process had in hand is sent by another after that. @default "15s"
   */
  readonly lease?: Duration;
  /** How often a sender looks for what other processes enqueued. @default "1s" */
  readonly pollInterval?: Duration;
  /**
   * A connection of its own that hears of new events at once: a connected `pg.Client`, or Postgres.js. Not through
   * PgBouncer in transaction mode, which loses what it would hear. Default: polling alone.
   */
  readonly listen?: Listener;
}

const KEYS: KeysOf<PostgresOutboxOptions> = {
  schema: "optional",
  prefix: "optional",
  migrate: "optional",
  remembered: "optional",
  rememberFor: "optional",
  deadLetters: "optional",
  lease: "optional",
  pollInterval: "optional",
  listen: "optional",
};

/** The options, checked and complete. */
export interface Settings {
  readonly names: Names;
  readonly migrate: boolean;
  readonly lease: number;
  readonly pollInterval: number;
  readonly listener: Listener | undefined;
  readonly retention: readonly number[];
}

/** @throws ConfigurationError when one is unknown or out of its range */
export function readOptions(options: PostgresOutboxOptions): Settings {
  checkOptions(options, KEYS, "postgresOutbox");
  const { remembered = 1_000_000, rememberFor = "24h", deadLetters = "720h", pollInterval = "1s" } = options;
  const { schema, prefix } = options;
  const named = { ...(schema === undefined ? {} : { schema }), ...(prefix === undefined ? {} : { prefix }) };
  return {
    names: checkNames(named),
    migrate: checkBoolean(options.migrate ?? true, "postgresOutbox.migrate"),
    lease: parseDuration(options.lease ?? "15s", "postgresOutbox.lease", 1_000),
    pollInterval: parseDuration(pollInterval, "postgresOutbox.pollInterval", 1),
    listener: options.listen,
    retention: [
      checkInteger(remembered, "postgresOutbox.remembered", 0),
      parseDuration(rememberFor, "postgresOutbox.rememberFor"),
      parseDuration(deadLetters, "postgresOutbox.deadLetters"),
    ],
  };
}
