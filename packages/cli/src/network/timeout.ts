import { ConfigurationError, parseDuration } from "@countersign/core";
import type { Given } from "../command-line/command.ts";
import { Failure } from "../terminal/failure.ts";

/** Milliseconds of `--timeout`. @throws Failure */
export function readTimeout(given: Given): number {
  return readDuration(given.text("timeout") ?? "30s", "--timeout");
}

/** Milliseconds, an hour at most, of a duration such as `1m30s`. @throws Failure */
export function readDuration(text: string, option: string): number {
  try {
    const milliseconds = parseDuration(text, option);
    if (milliseconds > 0 && milliseconds <= 3_600_000) return milliseconds;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
  }
  throw new Failure(
    "usage",
    "invalid_duration",
    `${option} is no duration from 1ms to 1h.`,
    "For example 500ms, 10s or 1m30s.",
  );
}
