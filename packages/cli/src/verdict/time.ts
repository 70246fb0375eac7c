import { Failure } from "../terminal/failure.ts";

/** When a request is judged, and why then. */
export interface JudgedAt {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly why: string;
}

/**
 * The time of `--at`, else when the saved request says that it arrived, else now: a saved request would always be too
 * old otherwise.
 *
 * @throws Failure
 */
export function judgedAt(given: string | undefined, saved: number | undefined, clock: () => number): JudgedAt {
  if (given === "now" || (given === undefined && saved === undefined)) return { now: clock(), why: "now" };
  if (given === undefined) return { now: saved as number, why: "when it arrived, as the saved request says" };
  return { now: readTime(given, "--at"), why: "the time of --at" };
}

/** RFC 3339, or whole seconds or milliseconds since the epoch. @throws Failure */
export function readTime(text: string, option: string): number {
  if (/^\d{1,10}$/.test(text)) return Number(text) * 1_000;
  if (/^\d{11,15}$/.test(text)) return Number(text);
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/i.test(text)
    ? Date.parse(text)
    : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new Failure(
    "usage",
    "invalid_time",
    `${option} is no time.`,
    "For example 2026-04-17T10:15:03Z, or seconds since the epoch.",
  );
}
