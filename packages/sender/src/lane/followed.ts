import { ChurnMap } from "../lib/churn-map.ts";
import type { Outcome } from "./outcome.ts";

/** One item's end, for whoever may come to wait for it. */
export class Waiting {
  readonly endpoint: string;
  #outcome: Outcome | undefined = undefined;
  /** Whoever waits: mostly one. */
  #first: ((outcome: Outcome) => void) | undefined = undefined;
  #others: ((outcome: Outcome) => void)[] | undefined = undefined;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }

  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  get isAwaited(): boolean {
    return this.#first !== undefined;
  }

  /** Tells the end, at once where it is there. */
  whenEnded(tell: (outcome: Outcome) => void): void {
    if (this.#outcome !== undefined) tell(this.#outcome);
    else if (this.#first === undefined) this.#first = tell;
    else {
      this.#others ??= [];
      this.#others.push(tell);
    }
  }

  /** It has ended; the first end counts. */
  end(outcome: Outcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    this.#first?.(outcome);
    for (const tell of this.#others ?? []) tell(outcome);
    this.#first = undefined;
    this.#others = undefined;
  }
}

/** So many of the latest are held firmly, and at most twice as many. */
const FIRM = 4_096;

/**
 * The items that somebody has the handle of. The latest are held firmly, because most end soon. Of those that wait for
 * longer only the ones whose end somebody awaits: a million waiting events whose handles nobody kept cost nothing here.
 */
export class Followed {
  #latest = new ChurnMap<string, Waiting>();
  #earlier = new ChurnMap<string, Waiting>();
  readonly #awaited = new Map<string, Waiting>();
  readonly #loose = new Map<string, WeakRef<Waiting>>();
  readonly #dropped = new FinalizationRegistry<string>((item) => {
    if (this.#loose.get(item)?.deref() === undefined) this.#loose.delete(item);
  });

  get(item: string): Waiting | undefined {
    const firm = this.#latest.get(item) ?? this.#earlier.get(item);
    if (firm !== undefined || this.#awaited.size + this.#loose.size === 0) return firm;
    return this.#awaited.get(item) ?? this.#loose.get(item)?.deref();
  }

  add(item: string, waiting: Waiting): void {
    if (this.#latest.size >= FIRM) this.#loosen();
    this.#latest.set(item, waiting);
  }

  /** Somebody waits for its end from now on. */
  await(item: string, waiting: Waiting): void {
    if (this.#loose.delete(item)) this.#awaited.set(item, waiting);
  }

  /** Gives it back, and follows it no more. */
  take(item: string): Waiting | undefined {
    const waiting = this.get(item);
    if (this.#latest.delete(item) || this.#earlier.delete(item)) return waiting;
    this.#awaited.delete(item);
    this.#loose.delete(item);
    return waiting;
  }

  /** Those whose end somebody waits for. */
  awaited(): [string, Waiting][] {
    const firm = [...this.#earlier.entries(), ...this.#latest.entries()].filter(([, waiting]) => waiting.isAwaited);
    return [...this.#awaited, ...firm];
  }

  /** All of them. */
  all(): [string, Waiting][] {
    const loose = [...this.#loose].flatMap(([item, reference]): [string, Waiting][] => {
      const waiting = reference.deref();
      return waiting === undefined ? [] : [[item, waiting]];
    });
    return [...loose, ...this.#awaited, ...this.#earlier.entries(), ...this.#latest.entries()];
  }

  #loosen(): void {
    for (const [item, waiting] of this.#earlier.entries()) {
      if (waiting.isAwaited) this.#awaited.set(item, waiting);
      else {
        this.#loose.set(item, new WeakRef(waiting));
        this.#dropped.register(waiting, item);
      }
    }
    this.#earlier = this.#latest;
    this.#latest = new ChurnMap();
  }
}
