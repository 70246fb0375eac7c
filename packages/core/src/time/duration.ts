import { ConfigurationError } from "../errors/errors.ts";
import { table } from "../lib/table.ts";

/**
 * A Go duration (`"5s"`, `"1m30s"`, `"1.5h"`, `"250ms"`) or a number of milliseconds. Numbers from 1 to 9,999 are
 * refused: `tolerance: 300` is nearly always meant as seconds.
 */
export type Duration = string | number;

/** Below it, a number is as likely to be meant as seconds. */
const AMBIGUOUS = 10_000;

/** The longest time that a platform timer can wait, 24.8 days: with a longer one it rings at once. */
export const LONGEST_TIMER = 2 ** 31 - 1;

const UNITS: Readonly<Record<string, number>> = table({
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
});

const WHOLE = /^(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h)(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))*$/;
const PIECE = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/g;

/**
 * Reads a duration to milliseconds: the whole string or nothing, never negative, never infinite.
 *
 * @param value a Go duration or a number of milliseconds
 * @param option the option's name, for the error
 * @param minimum the smallest value allowed, in milliseconds (0 unless told)
 * @param maximum the largest value allowed, in milliseconds
 * @throws ConfigurationError when it is not a finite duration from `minimum` to `maximum`
 */
export function parseDuration(
  value: Duration,
  option: string,
  minimum = 0,
  maximum = Number.POSITIVE_INFINITY,
): number {
  if (typeof value === "number" && value >= 1 && value < AMBIGUOUS) {
    throw new ConfigurationError(
      option,
      `${option} is the number ${value}, which may be meant as seconds or as milliseconds: write "${value}s" or "${value}ms".`,
    );
  }
  const milliseconds = typeof value === "number" ? value : typeof value === "string" ? readGo(value) : Number.NaN;
  if (!Number.isFinite(milliseconds) || milliseconds < 0) {
    throw new ConfigurationError(
      option,
      `${option} must be a duration: a Go string such as "5s" or "1m30s", or a number of milliseconds that is finite and not negative.`,
    );
  }
  if (milliseconds < minimum) {
    throw new ConfigurationError(option, `${option} must be at least ${minimum} ms; it is ${milliseconds} ms.`);
  }
  if (milliseconds > maximum) {
    throw new ConfigurationError(option, `${option} must be at most ${maximum} ms; it is ${milliseconds} ms.`);
  }
  return milliseconds;
}

function readGo(text: string): number {
  if (text === "0") return 0; // Go accepts a bare zero.
  if (text.length > 64 || !WHOLE.test(text)) return Number.NaN;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(PIECE)) total += Number(amount) * (UNITS[unit as string] as number);
  return total;
}
