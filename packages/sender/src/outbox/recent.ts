/** An event that has left the queue: the item that it was, and a digest of its content. */
export interface Done {
  readonly item: string;
  readonly digest: string;
}

/** Remembers at least the last so many names, and at most twice as many, in constant time. */
export class Recent {
  #young = new Map<string, Done>();
  #old = new Map<string, Done>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(name: string): Done | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }

  add(name: string, value: Done): void {
    if (this.#size === 0) return;
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, value);
  }
}
