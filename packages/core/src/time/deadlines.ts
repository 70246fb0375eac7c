import type { Clock } from "./clock.ts";

/**
 * Many deadlines of one length under a single timer. A request sets its own and takes it back some microseconds later;
 * a timer each would cost more than parsing its signature.
 */
export class Deadlines {
  readonly #clock: Clock;
  readonly #length: number;
  /** In the order in which they fall due, because all are equally long. */
  readonly #waiting = new Map<() => void, number>();
  #armed = false;

  constructor(clock: Clock, length: number) {
    this.#clock = clock;
    this.#length = length;
  }

  /** Calls back when the common time is over, unless `delete` comes first. */
  add(late: () => void): void {
    this.#waiting.set(late, this.#now() + this.#length);
    if (!this.#armed) this.#arm(this.#length);
  }

  /** Takes a callback back; one that has rung already is no error. */
  delete(late: () => void): void {
    this.#waiting.delete(late);
  }

  #now(): number {
    return this.#clock.monotonic?.() ?? this.#clock.now();
  }

  #arm(milliseconds: number): void {
    this.#armed = true;
    const timer = this.#clock.setTimeout(() => this.#ring(), milliseconds);
    // What it watches holds a connection, which keeps the process alive; the timer alone should not.
    (timer as { unref?: () => void } | undefined)?.unref?.();
  }

  #ring(): void {
    this.#armed = false;
    const now = this.#now();
    for (const [late, due] of this.#waiting) {
      if (due > now) {
        // One that was called has perhaps added itself again, and armed.
        if (!this.#armed) this.#arm(due - now);
        return;
      }
      this.#waiting.delete(late);
      late();
    }
  }
}
