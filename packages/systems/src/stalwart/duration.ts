import { ConfigurationError } from "@countersign/core";

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000, ms: 1, "": 1 };
const LONGEST = 365 * 86_400_000;

/**
 * Reads a duration as Stalwart does, to milliseconds: a number of them, as its API has it, or text as in its documents:
 * one whole number with `d`, `h`, `m`, `s`, `ms` or nothing (milliseconds).
 *
 * @throws ConfigurationError
 */
export function readStalwartDuration(value: unknown, option: string): number {
  const text = typeof value === "number" || typeof value === "bigint" ? String(value) : value;
  const match = typeof text === "string" ? /^\s*(\d{1,15})\s*(d|h|m|s|ms|)\s*$/.exec(text) : null;
  const milliseconds = match === null ? Number.NaN : Number(match[1]) * (UNITS[match[2] as string] as number);
  if (!(milliseconds > 0 && milliseconds <= LONGEST)) {
    throw new ConfigurationError(
      option,
      `${option} must be one whole number above 0 with d, h, m, s or ms ("30s", "1d"; Stalwart takes no "1m30s"), or a number of milliseconds.`,
    );
  }
  return milliseconds;
}
