/** What the heap orders: earliest first, and in the order of arrival among equals. */
export interface Due {
  at: number;
  readonly sequence: number;
  /** Where the heap has it; -1 while it does not. The heap's own business. */
  place: number;
}

/** A binary min-heap by due time. */
export class DueHeap<Item extends Due> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  peek(): Item | undefined {
    return this.#items[0];
  }

  push(item: Item): void {
    const place = this.#items.length;
    this.#items.push(item);
    this.#up(item, place);
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.remove(first);
    return first;
  }

  /** Takes one out, wherever it is. One that is not in it stays out. */
  remove(item: Item): void {
    const { place } = item;
    if (place === -1) return;
    item.place = -1;
    const last = this.#items.pop() as Item;
    if (last === item) return;
    this.#up(last, place);
    this.#down(last, last.place);
  }

  /** Everything in it, in no order. */
  values(): IterableIterator<Item> {
    return this.#items.values();
  }

  #up(item: Item, start: number): void {
    let place = start;
    while (place > 0) {
      const above = this.#items[(place - 1) >> 1] as Item;
      if (!before(item, above)) break;
      this.#put(above, place);
      place = (place - 1) >> 1;
    }
    this.#put(item, place);
  }

  #down(item: Item, start: number): void {
    const { length } = this.#items;
    let place = start;
    for (;;) {
      let below = 2 * place + 1;
      if (below >= length) break;
      if (below + 1 < length && before(this.#items[below + 1] as Item, this.#items[below] as Item)) below += 1;
      if (!before(this.#items[below] as Item, item)) break;
      this.#put(this.#items[below] as Item, place);
      place = below;
    }
    this.#put(item, place);
  }

  #put(item: Item, place: number): void {
    this.#items[place] = item;
    item.place = place;
  }
}

function before(one: Due, other: Due): boolean {
  return one.at === other.at ? one.sequence < other.sequence : one.at < other.at;
}
