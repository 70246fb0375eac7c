import { ConfigurationError } from "../errors/errors.ts";
import { environment, printError } from "../lib/environment.ts";
import { type Clock, type ClockOption, resolveClock } from "../time/clock.ts";
import { defineReplayStore } from "./define.ts";
import { type Entry, Expiring } from "./expiring.ts";
import type { ClaimState, InspectableReplayStore, Inspection, Twin } from "./store.ts";

/** Options of {@link memoryReplayStore}. */
export interface MemoryReplayStoreOptions {
  /**
   * How many live keys it holds at most; default 100,000, about 15 MB. A delivery whose provider signs an id takes two.
   * Full means that claims are refused.
   */
  readonly max?: number;
  /** Told once when four fifths of `max` are taken, and again after it was below half. */
  readonly onNearlyFull?: (size: number, max: number) => unknown;
  /** True on a serverless platform to say that forgetting with each instance is meant; otherwise a warning is written once. */
  readonly quiet?: boolean;
  /** Where the time comes from; default the system's, which is monotonic: a clock that is set moves no key's end. */
  readonly clock?: ClockOption;
}

/** A replay store whose keys live and end with this process; its `size` shows how full it is. */
export interface MemoryReplayStore extends InspectableReplayStore {
  /** How many keys are held just now, expired ones that no claim has swept yet included. */
  readonly size: number;
  /** See {@link InspectableReplayStore}; here the answer is there at once. */
  inspect(key: string): Inspection | undefined;
  /** See {@link InspectableReplayStore}; here the answer is there at once. */
  forget(key: string): boolean;
}

/**
 * A replay store in the memory of one process: right for one process, and for tests. It forgets everything when the
 * process ends, and knows nothing of a second one: use the Redis or PostgreSQL store there.
 *
 * It is bounded, and when it is full it refuses (503, so that the provider tries again) rather than forget a live key.
 * What that means in time: 100,000 keys are 14 hours of a provider without ids at two requests a second, or seven
 * hours of one with.
 *
 * @throws ConfigurationError when `max` is not a positive integer
 * @example
 * ```ts
 * import { createVerifier, memoryReplayStore } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 *
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", replay: memoryReplayStore({ max: 10_000 }) });
 * ```
 */
export function memoryReplayStore(options: MemoryReplayStoreOptions = {}): MemoryReplayStore {
  const { max = 100_000, onNearlyFull, quiet } = options;
  if (!Number.isSafeInteger(max) || max < 1) {
    throw new ConfigurationError("max", "max must be a positive integer: the number of keys that may be held at once.");
  }
  if (onNearlyFull !== undefined && typeof onNearlyFull !== "function")
    throw new ConfigurationError("onNearlyFull", "onNearlyFull must be a function.");
  if (quiet !== true) warnIfFleeting();
  const store = new Memory(max, resolveClock(options.clock), onNearlyFull);
  const made = Object.assign(defineReplayStore(store), {
    inspect: (key: string) => store.inspect(key),
    forget: (key: string) => store.forget(key),
  });
  return Object.defineProperty(made as typeof made & MemoryReplayStore, "size", {
    get: () => store.size,
    enumerable: true,
  });
}

let warned = false;

function warnIfFleeting(): void {
  const { fleeting } = environment();
  if (warned || fleeting === undefined) return;
  warned = true;
  printError(
    `countersign: memoryReplayStore() forgets with each instance, and ${fleeting} runs many short ones: a captured request is handled again by the next. Use a store outside (see docs/deploying.md of @countersign/core), or say quiet: true.`,
  );
}

/** What a name is known as: a key that is claimed or done, with the token of who holds it, or another name of such a key. */
type Known =
  | { readonly state: "claimed" | "done"; readonly token: string }
  | { readonly state: "name"; readonly key: string };
type Held = Entry<Extract<Known, { readonly token: string }>>;

class Memory {
  readonly #max: number;
  readonly #clock: Clock;
  readonly #onNearlyFull: MemoryReplayStoreOptions["onNearlyFull"];
  readonly #known = new Expiring<Known>();
  #start: number | undefined = undefined;
  #warned = false;

  constructor(max: number, clock: Clock, onNearlyFull: MemoryReplayStoreOptions["onNearlyFull"]) {
    this.#max = max;
    this.#clock = clock;
    this.#onNearlyFull = onNearlyFull;
  }

  get size(): number {
    return this.#known.size;
  }

  claim(key: string, token: string, lease: number, twin: Twin | undefined): ClaimState {
    const now = this.#now();
    this.#known.sweep(now);
    const held = this.#find(key, now) ?? (twin === undefined ? undefined : this.#find(twin.key, now));
    if (held !== undefined) {
      if (twin !== undefined) this.#join(held.name, key, twin, now);
      if (held.value.state === "done") return "done";
      return held.value.token === token ? "new" : "busy";
    }
    if (!this.#hasRoom(twin === undefined ? 1 : 2)) return "full";
    this.#known.set(key, { state: "claimed", token }, now, lease);
    if (twin !== undefined) this.#known.set(twin.key, { state: "name", key }, now, twin.ttl);
    return "new";
  }

  commit(key: string, token: string, ttl: number, twin: Twin | undefined): boolean {
    const now = this.#now();
    const held = this.#find(key, now);
    // A lease that ran out while nobody else took the key is still ours: the work was done, and is remembered.
    if (held !== undefined && held.value.token !== token) return false;
    const done: Known = { state: "done", token };
    if (held?.name === key) this.#known.change(held, done, now, ttl);
    else this.#known.set(key, done, now, ttl);
    if (twin !== undefined) this.#rename(twin.key, key, now, twin.ttl);
    return true;
  }

  release(key: string, token: string): boolean {
    const held = this.#held(key, this.#now());
    if (held?.value.state !== "claimed" || held.value.token !== token) return false;
    this.#known.delete(held);
    return true;
  }

  extend(key: string, token: string, lease: number): boolean {
    const now = this.#now();
    const held = this.#find(key, now);
    if (held !== undefined && (held.value.state === "done" || held.value.token !== token)) return false;
    this.#known.set(key, { state: "claimed", token }, now, lease);
    return true;
  }

  inspect(name: string): Inspection | undefined {
    const now = this.#now();
    const held = this.#find(name, now);
    if (held === undefined) return undefined;
    const then = this.#clock.now() - now;
    const { state, token } = held.value;
    return { state, at: new Date(then + held.since), until: new Date(then + held.end), token };
  }

  forget(name: string): boolean {
    const now = this.#now();
    const held = this.#find(name, now);
    const entry = this.#known.get(name, now);
    if (entry !== undefined) this.#known.delete(entry);
    if (held !== undefined && held !== entry) this.#known.delete(held);
    return held !== undefined;
  }

  /** What is claimed or done under this name; undefined when it is free. */
  #find(name: string, now: number): Held | undefined {
    const entry = this.#known.get(name, now);
    if (entry === undefined) return undefined;
    return entry.value.state === "name" ? this.#held(entry.value.key, now) : (entry as Held);
  }

  /** What is claimed or done as a key of its own. */
  #held(key: string, now: number): Held | undefined {
    const entry = this.#known.get(key, now);
    return entry === undefined || entry.value.state === "name" ? undefined : (entry as Held);
  }

  /** Makes it another name of the key, unless it has a state of its own. */
  #rename(name: string, key: string, now: number, ttl: number): void {
    if (name !== key && this.#held(name, now) === undefined) this.#known.set(name, { state: "name", key }, now, ttl);
  }

  /** Both names mean the key that is known, from now on. */
  #join(known: string, key: string, twin: Twin, now: number): void {
    for (const name of [key, twin.key]) {
      if (this.#known.has(name) || this.#hasRoom(1)) this.#rename(name, known, now, twin.ttl);
    }
  }

  #hasRoom(keys: number): boolean {
    const { size } = this;
    if (size >= this.#max * 0.8) {
      if (!this.#warned) this.#onNearlyFull?.(size, this.#max);
      this.#warned = true;
    } else if (size < this.#max / 2) this.#warned = false;
    return size + keys <= Math.max(this.#max, keys);
  }

  /** Counted from the first, times fit into the integers that engines keep without a box. */
  #now(): number {
    const now = this.#clock.monotonic?.() ?? this.#clock.now();
    this.#start ??= now;
    return Math.floor(now - this.#start);
  }
}
