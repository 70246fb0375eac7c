/** A few expired entries are taken out at each operation: more than come in, and too few to be a pause. */
const STEPS = 8;

interface Entry<Value> {
  readonly value: Value;
  readonly end: number;
}

/**
 * A map whose entries expire. Entries of one length stand in a lane of their own, in the order in which they end, so
 * that what has expired is always at the front: nothing is ever searched, however many entries there are.
 */
export class Expiring<Value> {
  /** By length; there are as many lengths as settings of verifiers that share the store: a few. */
  readonly #lanes = new Map<number, Map<string, Entry<Value>>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(name: string): boolean {
    for (const lane of this.#lanes.values()) if (lane.has(name)) return true;
    return false;
  }

  get(name: string, now: number): Value | undefined {
    for (const lane of this.#lanes.values()) {
      const entry = lane.get(name);
      if (entry !== undefined) return entry.end > now ? entry.value : undefined;
    }
    return undefined;
  }

  /** An entry with its times; not one that has ended. */
  entry(name: string, now: number): (Entry<Value> & { readonly since: number }) | undefined {
    for (const [length, lane] of this.#lanes) {
      const entry = lane.get(name);
      if (entry !== undefined) return entry.end > now ? { ...entry, since: entry.end - Math.ceil(length) } : undefined;
    }
    return undefined;
  }

  set(name: string, value: Value, now: number, length: number): void {
    this.delete(name);
    let lane = this.#lanes.get(length);
    if (lane === undefined) {
      lane = new Map();
      this.#lanes.set(length, lane);
    }
    lane.set(name, { value, end: now + Math.ceil(length) });
    this.#size++;
  }

  delete(name: string): boolean {
    for (const [length, lane] of this.#lanes) {
      if (!lane.delete(name)) continue;
      if (lane.size === 0) this.#lanes.delete(length);
      this.#size--;
      return true;
    }
    return false;
  }

  /** Takes out some of what has expired. */
  sweep(now: number): void {
    for (const [length, lane] of this.#lanes) {
      let steps = STEPS;
      for (const [name, { end }] of lane) {
        if (end > now || steps-- === 0) break;
        lane.delete(name);
        this.#size--;
      }
      if (lane.size === 0) this.#lanes.delete(length);
    }
  }
}
