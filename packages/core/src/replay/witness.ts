/** How often a commit that a store has acknowledged is looked up again while requests come, in milliseconds. */
const EVERY = 10_000;
/** How soon again when the store did not answer. */
const AGAIN = 100;

interface Mark {
  readonly key: string;
  /** Not asked for any more from here on: half its life, so that no clock's difference makes an expired key a lost one. */
  readonly until: number;
}

/**
 * Knows one commit that the store has acknowledged, to notice a store that lost its data: a restart without
 * persistence, an older snapshot, a replica that lagged behind. After a failure it is the newest, because that is the
 * first to be lost; otherwise one that is as old as the last look.
 */
export class Witness {
  private newest: Mark | undefined = undefined;
  private watched: Mark | undefined = undefined;
  private next = Number.NEGATIVE_INFINITY;
  private suspicious = false;
  private asking = false;

  /** Whether there is anything to ask for: nothing with a store that answers at once, which is in this process. */
  get watches(): boolean {
    return this.watched !== undefined;
  }

  committed(key: string, now: number, ttl: number): void {
    this.newest = { key, until: now + ttl / 2 };
    if (this.watched !== undefined) return;
    this.watched = this.newest;
    this.next = now + EVERY;
  }

  /** The store failed: what is committed from here on may be behind a loss. */
  suspect(): void {
    if (this.suspicious || this.newest === undefined) return;
    this.suspicious = true;
    this.watched = this.newest;
    this.next = Number.NEGATIVE_INFINITY;
  }

  /** The key to ask the store for now, if it is time; `answered` must follow. */
  due(now: number): string | undefined {
    if (this.watched === undefined || this.asking || now < this.next) return undefined;
    if (now >= this.watched.until) {
      this.watched = undefined;
      this.suspicious = false;
      return undefined;
    }
    this.asking = true;
    return this.watched.key;
  }

  answered(outcome: "kept" | "lost" | "unknown", now: number): void {
    this.asking = false;
    this.next = now + (outcome === "unknown" ? AGAIN : EVERY);
    if (outcome === "unknown") return;
    this.suspicious = false;
    // What else was committed before it is lost as well, and told once.
    if (outcome === "lost") this.newest = undefined;
    this.watched = this.newest;
  }
}
