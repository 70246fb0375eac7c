/** A few expired entries are taken out at each operation: more than come in, and too few to be a pause. */
const STEPS = 8;

/** What is known under one name, until it ends. */
export interface Entry<Value> {
  readonly name: string;
  value: Value;
  /** When it was put in, and when it ends. */
  since: number;
  end: number;
  lane: Lane<Value>;
  before: Entry<Value> | undefined;
  after: Entry<Value> | undefined;
}

/** Entries of one length, in the order in which they end. */
interface Lane<Value> {
  readonly length: number;
  first: Entry<Value> | undefined;
  last: Entry<Value> | undefined;
}

/**
 * A map whose entries expire. Entries of one length stand in a lane of their own, linked in the order in which they end:
 * what has expired is always at the front, nothing is ever searched, and to change an entry asks the map nothing.
 */
export class Expiring<Value> {
  readonly #entries = new Map<string, Entry<Value>>();
  /** By length; there are as many as settings of verifiers that share the store: a few. */
  readonly #lanes = new Map<number, Lane<Value>>();

  get size(): number {
    return this.#entries.size;
  }

  /** Also one that has expired and was not taken out yet. */
  has(name: string): boolean {
    return this.#entries.has(name);
  }

  get(name: string, now: number): Entry<Value> | undefined {
    const entry = this.#entries.get(name);
    return entry !== undefined && entry.end > now ? entry : undefined;
  }

  set(name: string, value: Value, now: number, length: number): void {
    const known = this.#entries.get(name);
    if (known !== undefined) {
      this.change(known, value, now, length);
      return;
    }
    const lane = this.#lane(length);
    const entry = { name, value, since: now, end: now + Math.ceil(length), lane, before: undefined, after: undefined };
    append(entry);
    this.#entries.set(name, entry);
  }

  /** Gives an entry that is there another value, and a new life. */
  change(entry: Entry<Value>, value: Value, now: number, length: number): void {
    this.#unlink(entry);
    entry.value = value;
    entry.since = now;
    entry.end = now + Math.ceil(length);
    entry.lane = this.#lane(length);
    append(entry);
  }

  delete(entry: Entry<Value>): void {
    this.#unlink(entry);
    this.#entries.delete(entry.name);
  }

  /** Takes out some of what has expired. */
  sweep(now: number): void {
    for (const lane of this.#lanes.values()) {
      for (let steps = STEPS; steps > 0; steps--) {
        const { first } = lane;
        if (first === undefined || first.end > now) break;
        this.delete(first);
      }
    }
  }

  #lane(length: number): Lane<Value> {
    let lane = this.#lanes.get(length);
    if (lane === undefined) {
      lane = { length, first: undefined, last: undefined };
      this.#lanes.set(length, lane);
    }
    return lane;
  }

  #unlink({ lane, before, after }: Entry<Value>): void {
    if (before === undefined) lane.first = after;
    else before.after = after;
    if (after === undefined) lane.last = before;
    else after.before = before;
    if (lane.first === undefined) this.#lanes.delete(lane.length);
  }
}

/** Behind all others of its lane. */
function append<Value>(entry: Entry<Value>): void {
  const { lane } = entry;
  entry.before = lane.last;
  entry.after = undefined;
  if (lane.last === undefined) lane.first = entry;
  else lane.last.after = entry;
  lane.last = entry;
}
