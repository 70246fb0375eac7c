/**
 * How many turns of the promises a pump waits when something has ended. Who sends his next event then does so within
 * them, and what many send is claimed at once.
 */
const GATHERING = 4;

/** Does a step when it is kicked, one at a time; kicked meanwhile, it does another. */
export class Pump {
  readonly #step: () => Promise<void>;
  readonly #ended: (error?: unknown) => void;
  #running = false;
  #again = false;

  /**
   * @param step runs to its end, however often it is kicked meanwhile
   * @param ended is told when no step is left, or that one failed
   */
  constructor(step: () => Promise<void>, ended: (error?: unknown) => void) {
    this.#step = step;
    this.#ended = ended;
  }

  get running(): boolean {
    return this.#running;
  }

  /** It was kicked since the step began: what that has seen is no longer all. */
  get again(): boolean {
    return this.#again;
  }

  /**
   * Begins at once: what is sent in quiet times is claimed before whoever sent it can send more.
   *
   * @param ended something has ended: others may follow
   */
  kick(ended: boolean): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    void this.#run(ended ? GATHERING : 0);
  }

  async #run(gathering: number): Promise<void> {
    for (let turn = 0; turn < gathering; turn += 1) await undefined;
    try {
      do {
        this.#again = false;
        await this.#step();
      } while (this.#again);
    } catch (error) {
      this.#running = false;
      return this.#ended(error);
    }
    this.#running = false;
    this.#ended();
  }
}
