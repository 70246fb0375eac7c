/** At most so many beginnings within any span of the given length. */
export class Rate {
  readonly #per: number;
  /** The times of the latest beginnings, as a ring; the oldest is the next to be overwritten. */
  readonly #times: number[];
  #next = 0;

  constructor(requests: number, per: number) {
    this.#per = per;
    this.#times = new Array<number>(requests).fill(Number.NEGATIVE_INFINITY);
  }

  /** When the next one may begin; a time in the past is "now". */
  nextAt(): number {
    return (this.#times[this.#next] as number) + this.#per;
  }

  /** How many may begin now. */
  room(now: number): number {
    const size = this.#times.length;
    let room = 0;
    while (room < size && (this.#times[(this.#next + room) % size] as number) + this.#per <= now) room += 1;
    return room;
  }

  /** One begins. */
  take(now: number): void {
    this.#times[this.#next] = now;
    this.#next = (this.#next + 1) % this.#times.length;
  }
}
