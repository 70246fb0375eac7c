import { type Entry, sizeOf } from "./entry.ts";

/** How much a ring holds before its oldest go. */
export interface RingBounds {
  readonly deliveries: number;
  readonly bytes: number;
}

/** The latest deliveries, within bounds: what is older is forgotten. The newest always stays. */
export class Ring {
  readonly #bounds: RingBounds;
  readonly #entries = new Map<number, { readonly entry: Entry; readonly size: number }>();
  readonly #keys = new Map<string, number>();
  #bytes = 0;
  #last = 0;

  constructor(bounds: RingBounds = { deliveries: 10_000, bytes: 128 * 1_048_576 }) {
    this.#bounds = bounds;
  }

  /** Takes a delivery in, or puts it in the place of an earlier one with the same key. Gives back its number. */
  put(entry: Entry): number {
    const { key } = entry;
    const known = key === undefined ? undefined : this.#keys.get(key);
    const id = known ?? ++this.#last;
    this.#bytes -= this.#entries.get(id)?.size ?? 0;
    const size = sizeOf(entry);
    this.#bytes += size;
    this.#entries.set(id, { entry, size });
    if (key !== undefined) this.#keys.set(key, id);
    this.#drop(id);
    return id;
  }

  get(id: number): Entry | undefined {
    return this.#entries.get(id)?.entry;
  }

  /** The number of the oldest that is there; beyond the last one where none is. */
  get oldest(): number {
    return this.#entries.keys().next().value ?? this.#last + 1;
  }

  /** Bytes that it is taken to hold. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  *[Symbol.iterator](): Generator<readonly [id: number, entry: Entry]> {
    for (const [id, { entry }] of this.#entries) yield [id, entry];
  }

  #drop(newest: number): void {
    for (const [id, { entry, size }] of this.#entries) {
      if (this.#entries.size <= this.#bounds.deliveries && this.#bytes <= this.#bounds.bytes) return;
      if (id === newest) continue;
      this.#entries.delete(id);
      this.#bytes -= size;
      if (entry.key !== undefined) this.#keys.delete(entry.key);
    }
  }
}
