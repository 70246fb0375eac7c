/** Something with a place in the order of arrival; -1 once it has left it. */
interface Arrived {
  readonly sequence: number;
}

/** So few that have left are not worth a sweep. */
const FEW = 64;

/**
 * What came, in the order in which it came. What has left at the front is passed once, and swept when it is half of all;
 * what has left elsewhere is skipped until then. So each costs the same, however many wait.
 */
export class Arrivals<Item extends Arrived> {
  #items: Item[];
  #head = 0;
  #gone = 0;

  /** @param items in no order */
  constructor(items: readonly Item[]) {
    this.#items = items.filter(isHere).sort((a, b) => a.sequence - b.sequence);
  }

  add(item: Item): void {
    this.#items.push(item);
  }

  /** One has left: its sequence says so already. */
  left(): void {
    this.#gone += 1;
    if (this.#gone <= FEW || this.#gone * 2 <= this.#items.length) return;
    this.#items = this.#items.filter(isHere);
    this.#gone = 0;
    this.#head = 0;
  }

  first(): Item | undefined {
    while (this.#items[this.#head]?.sequence === -1) this.#head += 1;
    return this.#items[this.#head];
  }

  *values(): Generator<Item, undefined> {
    this.first();
    for (let index = this.#head; index < this.#items.length; index += 1) {
      const item = this.#items[index] as Item;
      if (isHere(item)) yield item;
    }
    return undefined;
  }
}

function isHere({ sequence }: Arrived): boolean {
  return sequence !== -1;
}
