interface Waiting {
  readonly suspect: boolean;
  readonly begin: () => void;
}

/**
 * So many jobs at a time, in the order in which they came. Of those that are suspected to hang fewer, so that however
 * many do, the others go on.
 */
export class Places {
  #free: number;
  #freeForSuspects: number;
  readonly #waiting = new Set<Waiting>();

  constructor(most: number, mostSuspects: number) {
    this.#free = most;
    this.#freeForSuspects = mostSuspects;
  }

  /** Runs a job when there is a place for it; it has the place until it has ended. */
  async run<Value>(suspect: boolean, job: () => Promise<Value>): Promise<Value> {
    if (!this.#fits(suspect)) {
      await new Promise<void>((begin) => this.#waiting.add({ suspect, begin }));
    } else this.#enter(suspect);
    try {
      return await job();
    } finally {
      this.#leave(suspect);
    }
  }

  #fits(suspect: boolean): boolean {
    return this.#free > 0 && (!suspect || this.#freeForSuspects > 0);
  }

  #enter(suspect: boolean): void {
    this.#free -= 1;
    if (suspect) this.#freeForSuspects -= 1;
  }

  #leave(suspect: boolean): void {
    this.#free += 1;
    if (suspect) this.#freeForSuspects += 1;
    for (const waiting of this.#waiting) {
      if (this.#free === 0) return;
      if (!this.#fits(waiting.suspect)) continue;
      this.#waiting.delete(waiting);
      this.#enter(waiting.suspect);
      waiting.begin();
    }
  }
}
