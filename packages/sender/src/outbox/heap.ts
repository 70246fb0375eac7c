/** What the heap orders: earliest first, and in the order of arrival among equals. */
export interface Due {
  at: number;
  readonly sequence: number;
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
    this.#items.push(item);
    this.#up(this.#items.length - 1);
  }

  pop(): Item | undefined {
    const first = this.#items[0];
    if (first !== undefined) this.#removeAt(0);
    return first;
  }

  /** Takes one out of the middle: linear, for the rare cancel. */
  remove(item: Item): void {
    const index = this.#items.indexOf(item);
    if (index !== -1) this.#removeAt(index);
  }

  /** Everything in it, in no order. */
  values(): IterableIterator<Item> {
    return this.#items.values();
  }

  #removeAt(index: number): void {
    const last = this.#items.pop() as Item;
    if (index === this.#items.length) return;
    this.#items[index] = last;
    this.#up(index);
    this.#down(index);
  }

  #up(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#before(index, parent)) return;
      this.#swap(index, parent);
      index = parent;
    }
  }

  #down(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      let least = index;
      if (left < this.#items.length && this.#before(left, least)) least = left;
      if (left + 1 < this.#items.length && this.#before(left + 1, least)) least = left + 1;
      if (least === index) return;
      this.#swap(index, least);
      index = least;
    }
  }

  #before(a: number, b: number): boolean {
    const one = this.#items[a] as Item;
    const other = this.#items[b] as Item;
    return one.at === other.at ? one.sequence < other.sequence : one.at < other.at;
  }

  #swap(a: number, b: number): void {
    const one = this.#items[a] as Item;
    this.#items[a] = this.#items[b] as Item;
    this.#items[b] = one;
  }
}
