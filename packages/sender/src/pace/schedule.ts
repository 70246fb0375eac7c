import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { checkBoolean, checkChoice, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";

/** Chance as the sender uses it: a number in [0, 1). */
export type Random = () => number;

/** When to try again. Pure: apart from the chance that it is handed, the same question always has the same answer. */
export interface Schedule {
  /** For messages and tests: `"waits 1s 2s 4s"`. */
  readonly description: string;
  /** How many attempts there can be, the first included. `Infinity` where only time ends it. */
  readonly attempts: number;
  /** A request is not even made again when its connection closes before any byte of an answer. @default false */
  readonly atMostOnce?: boolean;
  /**
   * Milliseconds to wait after a failed attempt, or `undefined` when there is to be no other.
   *
   * @param attempts how many attempts were made (1 after the first)
   * @param elapsed milliseconds since the first attempt began
   */
  next(attempts: number, elapsed: number, random: Random): number | undefined;
}

/** The most waits in a list, and the most retries by a formula. */
const MOST_RETRIES = 10_000;

/**
 * Retries after each of the waits, one after the other, then gives up.
 *
 * @param list durations: Go strings or milliseconds
 * @throws ConfigurationError when a wait is not a duration
 *
 * @example
 * ```ts
 * import { waits } from "@countersign/sender";
 * const tappass = waits(["1s", "2s", "4s", "8s", "16s"]);
 * ```
 */
export function waits(list: readonly Duration[]): Schedule {
  if (!Array.isArray(list) || list.length === 0 || list.length > MOST_RETRIES) {
    throw new ConfigurationError(
      "waits",
      `waits takes a list of 1 to ${MOST_RETRIES} durations. For no retries, use never().`,
    );
  }
  const all = list.map((wait, index) => parseDuration(wait, `waits[${index}]`));
  return Object.freeze({
    description: `waits ${list.join(" ")}`,
    attempts: all.length + 1,
    next: (attempts: number) => all[attempts - 1],
  });
}

/** Options of {@link every}. */
export interface EveryOptions {
  /** How long after the first attempt the last one may be: `"24h"`. */
  readonly for: Duration;
}

const EVERY: KeysOf<EveryOptions> = { for: "required" };

/**
 * Retries at a fixed interval until a time after the first attempt has passed: Tailscale's is every hour for 24.
 *
 * @param interval wait between attempts, at least 1 ms
 * @param options `for`: how long after the first attempt the last one may be
 * @throws ConfigurationError when either is not a duration
 */
export function every(interval: Duration, options: EveryOptions): Schedule {
  const wait = parseDuration(interval, "every", 1);
  checkOptions(options, EVERY, "every");
  const limit = parseDuration(options.for, "every.for");
  return Object.freeze({
    description: `every ${interval} for ${options.for}`,
    attempts: Math.floor(limit / wait) + 1,
    // Counted rather than measured: an attempt's own duration must not cost the last retry.
    next: (attempts: number) => (attempts * wait <= limit ? wait : undefined),
  });
}

/** Options of {@link exponential}. */
export interface ExponentialOptions {
  /** Upper bound of the first wait. @default "5s" */
  readonly initial?: Duration;
  /** What the bound grows by. @default 4 */
  readonly factor?: number;
  /** The bound never grows beyond this. @default "6h" */
  readonly cap?: Duration;
  /** Retries after the first attempt. @default 9 */
  readonly retries?: number;
  /** `"full"` draws each wait from [0, bound); `"none"` waits the bound itself. @default "full" */
  readonly jitter?: "full" | "none";
}

const KEYS: KeysOf<ExponentialOptions> = {
  initial: "optional",
  factor: "optional",
  cap: "optional",
  retries: "optional",
  jitter: "optional",
};

/**
 * Waits that grow by a factor up to a cap, with full jitter, so that a thousand events that failed together do not
 * come back together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @throws ConfigurationError when an option is unknown or out of its range
 */
export function exponential(options: ExponentialOptions = {}): Schedule {
  checkOptions(options, KEYS, "exponential");
  const initial = parseDuration(options.initial ?? "5s", "exponential.initial", 1);
  const cap = parseDuration(options.cap ?? "6h", "exponential.cap", initial);
  const retries = checkInteger(options.retries ?? 9, "exponential.retries", 1, MOST_RETRIES);
  const factor = options.factor ?? 4;
  if (!Number.isFinite(factor) || factor < 1 || factor > 100) {
    throw new ConfigurationError("exponential.factor", "exponential.factor must be a number from 1 to 100.");
  }
  const jitter = checkChoice(options.jitter ?? "full", "exponential.jitter", ["full", "none"]);
  return Object.freeze({
    description: `exponential from ${options.initial ?? "5s"} by ${factor} to ${options.cap ?? "6h"}, ${retries} retries`,
    attempts: retries + 1,
    next(attempts: number, _elapsed: number, random: Random) {
      if (attempts > retries) return undefined;
      const bound = Math.min(cap, initial * factor ** (attempts - 1));
      return jitter === "full" ? Math.floor(random() * bound) : bound;
    },
  });
}

/** Options of {@link never}. */
export interface NeverOptions {
  /**
   * A connection that is closed before any byte of an answer may or may not have carried the request. `true` leaves it
   * at that; otherwise the same bytes, under the same id, are sent once more at once.
   * @default false
   */
  readonly atMostOnce?: boolean;
}

const NEVER: KeysOf<NeverOptions> = { atMostOnce: "optional" };

/**
 * A single attempt: what fails is a dead letter at once.
 *
 * @throws ConfigurationError when an option is unknown or not possible
 */
export function never(options: NeverOptions = {}): Schedule {
  checkOptions(options, NEVER, "never");
  const atMostOnce = checkBoolean(options.atMostOnce ?? false, "never.atMostOnce");
  return Object.freeze({
    description: atMostOnce ? "never, at most once" : "never",
    attempts: 1,
    atMostOnce,
    next: () => undefined,
  });
}
