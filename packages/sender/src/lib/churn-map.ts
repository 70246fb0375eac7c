/** After so many that came, at least, the map is made anew. */
const FEW = 256;

/**
 * A `Map` for what comes and goes all the time. V8's own leaves a trail: each time that it makes room, its former table is
 * linked to the next, and one of them that a garbage collection has taken for old keeps all that follow, with whatever
 * was in them. Made anew now and then, there is no link. (Benchmark row "signed deliveries": a third of it.)
 */
export class ChurnMap<Key, Value> {
  #map = new Map<Key, Value>();
  /** So many may come before it is made anew: twice as many as it had then, so that each is copied once at most. */
  #left = FEW;

  get size(): number {
    return this.#map.size;
  }

  get(key: Key): Value | undefined {
    return this.#map.get(key);
  }

  has(key: Key): boolean {
    return this.#map.has(key);
  }

  set(key: Key, value: Value): void {
    this.#left -= 1;
    if (this.#left === 0) {
      this.#map = new Map(this.#map);
      this.#left = Math.max(FEW, 2 * this.#map.size);
    }
    this.#map.set(key, value);
  }

  delete(key: Key): boolean {
    return this.#map.delete(key);
  }

  /** In the order in which they came. What comes while one goes through them may be left out. */
  keys(): IterableIterator<Key> {
    return this.#map.keys();
  }

  values(): IterableIterator<Value> {
    return this.#map.values();
  }

  entries(): IterableIterator<[Key, Value]> {
    return this.#map.entries();
  }
}
