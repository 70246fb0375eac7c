import { ConfigurationError } from "../errors/errors.ts";

/** Where time comes from. Tests pass their own; nothing in the project reads the time in any other way. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since whenever, for what must only pass: a clock that is set does not move it. Default: `now`. */
  monotonic?(): number;
  /** Calls back once after so many milliseconds; returns a handle for `clearTimeout`. */
  setTimeout(callback: () => void, milliseconds: number): unknown;
  /** Takes back a callback that has not rung yet; one that has is no error. */
  clearTimeout(handle: unknown): void;
}

/** A clock, or only its `now`: timers are then the platform's. */
export type ClockOption =
  | Clock
  | {
      /** Milliseconds since the epoch. */
      now(): number;
    }
  | (() => number);

interface Timers {
  setTimeout(callback: () => void, milliseconds: number): unknown;
  clearTimeout(handle: unknown): void;
}

// Read at each call: fake-timer libraries replace these globals.
const timers = globalThis as unknown as Timers;

/** The platform's own time. */
export const systemClock: Clock = Object.freeze({
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout: (callback: () => void, milliseconds: number) => timers.setTimeout(callback, milliseconds),
  clearTimeout: (handle: unknown) => timers.clearTimeout(handle),
});

export function resolveClock(option: ClockOption | undefined): Clock {
  if (option === undefined) return systemClock;
  if (typeof option === "function") return { ...timersOf(systemClock), now: option };
  if (typeof option?.now !== "function") {
    throw new ConfigurationError(
      "clock",
      "clock must be a function that answers milliseconds since the epoch, or an object with such a function as now.",
    );
  }
  if ("setTimeout" in option) return option;
  return { ...timersOf(systemClock), now: () => option.now() };
}

/** A time of the caller's own goes with no other time: only the timers are the platform's. */
function timersOf({ setTimeout, clearTimeout }: Clock): Pick<Clock, "setTimeout" | "clearTimeout"> {
  return { setTimeout, clearTimeout };
}

/** Gives up after `milliseconds`. The promise that lost the race is left to end by itself; its rejection is taken. */
export function within<T>(
  clock: Clock,
  milliseconds: number,
  work: Promise<T>,
  late: () => T | Promise<T>,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const handle = clock.setTimeout(() => {
      try {
        resolve(late());
      } catch (error) {
        reject(error);
      }
    }, milliseconds);
    work.then(
      (value) => {
        clock.clearTimeout(handle);
        resolve(value);
      },
      (error) => {
        clock.clearTimeout(handle);
        reject(error);
      },
    );
  });
}
