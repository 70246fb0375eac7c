/** Remembers at least the last so many names, and at most twice as many, in constant time. */
export class Recent {
  #young = new Map<string, string>();
  #old = new Map<string, string>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(name: string): string | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }

  add(name: string, value: string): void {
    if (this.#size === 0) return;
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, value);
  }
}
