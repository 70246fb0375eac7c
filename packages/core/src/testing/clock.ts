import type { Clock } from "../time/clock.ts";

/** A clock that does not move until it is told to. */
export interface FakeClock extends Clock {
  /** Goes on by so many milliseconds and rings every timer that falls due, in order. */
  advance(milliseconds: number): void;
  /** The same, but lets promises settle around each timer, so that what a timer starts can set the next one. */
  advanceAsync(milliseconds: number): Promise<void>;
  /** Jumps to a time without ringing anything, and without time passing: a clock that was set. */
  set(time: number | Date): void;
  /** How many timers are waiting. */
  readonly pending: number;
}

/**
 * A clock for tests: no test needs to sleep, and old fixtures stay fresh for ever.
 *
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 * import { fakeClock } from "@countersign/core/testing";
 *
 * const clock = fakeClock("2023-04-22T16:03:37Z");
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", clock });
 * clock.advance(301_000); // What was signed at the start is too old now.
 * ```
 */
export function fakeClock(start: number | Date | string = 0): FakeClock {
  let now = typeof start === "number" ? start : new Date(start).getTime();
  /** What the clock was set forward by: no time that has passed. */
  let jumped = 0;
  let count = 0;
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>();

  function nextDue(end: number): number | undefined {
    let due: number | undefined;
    for (const [id, timer] of timers) {
      if (timer.at <= end && (due === undefined || timer.at < (timers.get(due)?.at as number))) due = id;
    }
    return due;
  }

  function ring(id: number): void {
    const timer = timers.get(id);
    if (timer === undefined) return;
    timers.delete(id);
    now = Math.max(now, timer.at);
    timer.callback();
  }

  return {
    now: () => now,
    monotonic: () => now - jumped,
    setTimeout(callback, milliseconds) {
      timers.set(++count, { at: now + Math.max(0, milliseconds), callback });
      return count;
    },
    clearTimeout: (handle) => void timers.delete(handle as number),
    advance(milliseconds) {
      const end = now + milliseconds;
      for (let due = nextDue(end); due !== undefined; due = nextDue(end)) ring(due);
      now = end;
    },
    async advanceAsync(milliseconds) {
      const end = now + milliseconds;
      await flushed();
      for (let due = nextDue(end); due !== undefined; due = nextDue(end)) {
        ring(due);
        await flushed();
      }
      now = end;
      await flushed();
    },
    set(time) {
      const next = typeof time === "number" ? time : time.getTime();
      jumped += next - now;
      now = next;
    },
    get pending() {
      return timers.size;
    },
  };
}

/** So many in a row, one waiting for the other: more than any part of this project has. */
const LONGEST_CHAIN = 200;

/** Lets promise callbacks run, also those that further ones wait for. */
async function flushed(): Promise<void> {
  for (let i = 0; i < LONGEST_CHAIN; i++) await undefined;
}
