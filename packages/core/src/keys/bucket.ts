/** So many may be taken at once; then one for each interval. Time is an argument. */
export class Bucket {
  readonly #size: number;
  readonly #interval: number;
  #level: number;
  #at = Number.NEGATIVE_INFINITY;

  /** @param interval milliseconds until one has grown back */
  constructor(size: number, interval: number) {
    this.#size = size;
    this.#interval = interval;
    this.#level = size;
  }

  /** Takes one, if there is one. */
  take(now: number): boolean {
    const grown = this.#at === Number.NEGATIVE_INFINITY ? 0 : Math.max(0, now - this.#at) / this.#interval;
    this.#level = Math.min(this.#size, this.#level + grown);
    this.#at = now;
    if (this.#level < 1) return false;
    this.#level -= 1;
    return true;
  }
}
