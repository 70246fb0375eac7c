import type { Clock } from "@countersign/core";

/** The longest that Node's timers can wait at once. */
const LONGEST_TIMER = 2_147_483_647;

/** One timer, for the earliest of the times at which somebody wants to be woken. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #timer: { readonly at: number; readonly handle: unknown } | undefined;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** At this time, if not before. A time that is too far off rings early. */
  set(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.clear();
    const handle = this.#clock.setTimeout(
      () => {
        this.#timer = undefined;
        this.#ring();
      },
      Math.min(Math.max(at - this.#clock.now(), 0), LONGEST_TIMER),
    );
    this.#timer = { at, handle };
  }

  clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimeout(this.#timer.handle);
    this.#timer = undefined;
  }
}

/** Waits that can be cut short, all at once. */
export class Naps {
  readonly #clock: Clock;
  readonly #interrupts = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after so many milliseconds, or when the naps are ended. */
  nap(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        this.#interrupts.delete(end);
        this.#clock.clearTimeout(timer);
        resolve();
      };
      const timer = this.#clock.setTimeout(end, Math.min(Math.max(1, milliseconds), LONGEST_TIMER));
      this.#interrupts.add(end);
    });
  }

  end(): void {
    for (const interrupt of this.#interrupts) interrupt();
  }
}
