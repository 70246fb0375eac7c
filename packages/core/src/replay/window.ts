/** How far a timestamp may lie from now, in milliseconds. */
export interface Window {
  /** Milliseconds before now that a signed time may lie. */
  readonly past: number;
  /** Milliseconds after now that a signed time may lie. */
  readonly future: number;
}

/** Where a signed time lies. */
export type Freshness = "inside" | "too_old" | "in_future";

/** The edges are inside: a tolerance of five minutes accepts what is exactly five minutes old. */
export function judgeTime(timestamp: number, now: number, window: Window): Freshness {
  // Written so that a clock which answers NaN refuses: every comparison with NaN is false.
  if (timestamp - now > window.future) return "in_future";
  return now - timestamp <= window.past ? "inside" : "too_old";
}

/**
 * For how long a handled key must be remembered. A signature can first be accepted `future` before its timestamp and
 * last `past` behind it; the two machines that do so may disagree about the time by twice the skew.
 */
export function retention(window: Window, skew: number): number {
  return window.past + window.future + 2 * skew;
}
