import type { Clock } from "@countersign/core";
import type { Endpoint } from "../endpoint/define.ts";

/** The outbox reckons an event's delay from when it writes it down: so much later than its place was decided, at most. */
const WRITTEN_WITHIN = 250;

/** The throttle of an endpoint: events wait for the end of a window, and go together. Without a throttle, at once. */
export class Window {
  #throttle: Endpoint["throttle"];
  /** Enqueued since the last batch was taken. */
  #fresh = 0;
  #end = 0;

  constructor({ throttle }: Endpoint) {
    this.#throttle = throttle;
  }

  redefine({ throttle }: Endpoint): void {
    this.#throttle = throttle;
  }

  enqueued(count: number): void {
    this.#fresh += count;
  }

  taken(count: number): void {
    this.#fresh = Math.max(0, this.#fresh - count);
  }

  /** For how long an event that is enqueued now waits for others; `undefined` where there is no throttle. */
  delay(clock: Pick<Clock, "now">): number | undefined {
    if (this.#throttle === undefined) return undefined;
    const now = clock.now();
    if (now >= this.#end) this.#end = now + this.#throttle.window;
    return this.#end - now;
  }

  /** When an event that was enqueued now would go, without enqueuing it. */
  closesAt(now: number): number {
    return this.#throttle === undefined || now < this.#end ? this.#end : now + this.#throttle.window;
  }

  /**
   * Up to which due time events are taken: a full batch does not wait out its window.
   *
   * @param closing the sender closes: nothing waits for others any more
   */
  horizon(now: number, closing: boolean): number {
    if (this.#throttle === undefined) return now;
    const full = closing || this.#fresh >= this.#throttle.maxEvents;
    return full ? Math.max(now, this.#end) + WRITTEN_WITHIN : now;
  }
}
