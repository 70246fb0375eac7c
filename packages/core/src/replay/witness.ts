import type { ReplayKey } from "./name.ts";

/** How often a commit that a store has acknowledged is looked up again while requests come, in milliseconds. */
const EVERY = 10_000;
/** How soon again when the store did not answer. */
const AGAIN = 100;

interface Mark {
  readonly key: ReplayKey;
  /** Not asked for any more from here on: half its life, so that no clock's difference makes an expired key a lost one. */
  readonly until: number;
}

/**
 * Knows two commits that the store has acknowledged, to notice a store that lost its data: a restart without
 * persistence, an older snapshot, a replica that lagged behind. One is as old as the last look. The other is the newest
 * at the store's last failure: the first to be lost when only some are, but a client that sends commands again may have
 * made it after the loss.
 */
export class Witness {
  #newest: Mark | undefined = undefined;
  #older: Mark | undefined = undefined;
  /** What to ask for, one after the other. */
  readonly #queue = new Set<Mark>();
  #asked: Mark | undefined = undefined;
  #suspicious = false;
  #next = Number.NEGATIVE_INFINITY;

  /** Whether there is anything to ask for: nothing with a store that answers at once, which is in this process. */
  get watches(): boolean {
    return this.#older !== undefined;
  }

  /** Remembers what the store has acknowledged, to ask for it again later; times in milliseconds. */
  committed(key: ReplayKey, now: number, ttl: number): void {
    this.#newest = { key, until: now + ttl / 2 };
    if (this.#older !== undefined) return;
    this.#older = this.#newest;
    this.#next = now + EVERY;
  }

  /** The store failed: what is committed from here on may be behind a loss. */
  suspect(): void {
    if (this.#suspicious || this.#newest === undefined) return;
    this.#suspicious = true;
    this.#queue.add(this.#newest).add(this.#older as Mark);
    this.#next = Number.NEGATIVE_INFINITY;
  }

  /** The key to ask the store for now, if it is time; `answered` must follow. */
  due(now: number): ReplayKey | undefined {
    if (this.#older === undefined || this.#asked !== undefined || now < this.#next) return undefined;
    if (this.#queue.size === 0) this.#queue.add(this.#older);
    for (const mark of this.#queue) {
      if (now < mark.until) {
        this.#asked = mark;
        return mark.key;
      }
      this.#queue.delete(mark);
    }
    this.#looked(now);
    return undefined;
  }

  /** What the store said to the question of `due`: still knows the key, has lost it, or could not tell. */
  answered(outcome: "kept" | "lost" | "unknown", now: number): void {
    const asked = this.#asked;
    this.#asked = undefined;
    if (outcome === "unknown") {
      this.#next = now + AGAIN;
    } else if (outcome === "kept") {
      this.#queue.delete(asked as Mark);
      if (this.#queue.size === 0) this.#looked(now);
    } else {
      // Whatever else was committed before is lost as well, and told once.
      this.#queue.clear();
      this.#newest = undefined;
      this.#looked(now);
    }
  }

  #looked(now: number): void {
    this.#suspicious = false;
    this.#older = this.#newest;
    this.#next = now + EVERY;
  }
}
