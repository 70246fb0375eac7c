import { type Clock, systemClock } from "@countersign/core";

/** A clock that may also know how much time has passed, whatever the wall clock was set to meanwhile. */
export interface SenderClock extends Clock {
  /** Milliseconds since any fixed moment; it never goes back. Default: `now()` is taken for as steady as that. */
  monotonic?(): number;
}

/** The machine's own time, with its monotonic clock: what a sender uses when it is given none. */
export const machineClock: SenderClock = Object.freeze({ ...systemClock, monotonic: () => performance.now() });

/**
 * The same clock, for waits: its `now` is the wall clock's, but goes on where that one is set back, so that what is due
 * in five seconds is due in five seconds. Times that are signed or shown are not its business.
 */
export function steady(clock: SenderClock): Clock {
  const { monotonic } = clock === systemClock ? machineClock : clock;
  if (monotonic === undefined) return clock;
  let latest = clock.now();
  let ticks = monotonic.call(clock);
  return {
    now() {
      const passed = monotonic.call(clock) - ticks;
      ticks += passed;
      latest = Math.max(latest + passed, clock.now());
      return Math.floor(latest);
    },
    setTimeout: (callback, milliseconds) => clock.setTimeout(callback, milliseconds),
    clearTimeout: (handle) => clock.clearTimeout(handle),
  };
}
