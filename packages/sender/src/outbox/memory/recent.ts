/** Remembers at least the last so many names, and at most twice as many, in constant time. */
export class Recent<Value, Name = string> {
  #young = new Map<Name, Value>();
  #old = new Map<Name, Value>();
  readonly #size: number;

  constructor(size: number) {
    this.#size = size;
  }

  get(name: Name): Value | undefined {
    return this.#young.get(name) ?? this.#old.get(name);
  }

  add(name: Name, value: Value): void {
    if (this.#size === 0) return;
    if (this.#young.size >= this.#size) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(name, value);
  }
}
