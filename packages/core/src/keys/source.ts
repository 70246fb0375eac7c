import { notify } from "../lib/notify.ts";
import { andThen, type MaybePromise } from "../lib/promises.ts";
import type { AsymmetricAlgorithm } from "../scheme/algorithms.ts";
import { Bucket } from "./bucket.ts";
import type { KeySourceError } from "./error.ts";
import { freshFor } from "./freshness.ts";
import { type Asking, get, unavailable } from "./get.ts";
import { KeySet, type Picked, type SourceKey } from "./key-set.ts";

/** What a source is besides its address. */
export interface SourceSettings extends Asking {
  /** Milliseconds for which an answer is fresh at most. */
  readonly maxAge: number;
  /** Milliseconds for which an answer may be used while the source fails. */
  readonly keep: number;
  readonly onFailure: ((error: KeySourceError) => unknown) | undefined;
}

/** Unknown names may ask for three fetches at once, then for one in thirty seconds. */
const BURST = 3;
const INTERVAL = 30_000;
/** For how long a name that the source did not have is not asked for again. */
const MISSING = 60_000;
const MISSING_NAMES = 1_000;
const LONGEST_NAME = 512;
/** Between two tries of a source that fails; each failure doubles it up to the second. */
const PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** The set of one answer, and until when it is what. */
interface Held {
  readonly set: KeySet;
  /** Until then nobody is asked. */
  readonly fresh: number;
  /** Until then it is used while the source is asked; later, the answer is waited for. */
  readonly stale: number;
  /** Until then it is used if the source fails. */
  readonly kept: number;
}

interface Flight {
  readonly ended: Promise<void>;
  /** A runtime may end a fetch with the request that began it, and never say so: past this it counts as lost. */
  readonly lost: number;
}

/**
 * The keys of one address, fetched as seldom as may be. What names a key is a stranger's word: it picks among what was
 * fetched, is never part of the address, and can cause no more fetches than the bucket has.
 */
export class KeySource {
  readonly #url: URL;
  readonly #name: string;
  readonly #read: (text: string) => readonly SourceKey[];
  readonly #settings: SourceSettings;
  readonly #unknown = new Bucket(BURST, INTERVAL);
  readonly #missing = new Map<string, number>();
  #held: Held | undefined;
  #flight: Flight | undefined;
  #failure: KeySourceError | undefined;
  #failures = 0;
  #retryAt = Number.NEGATIVE_INFINITY;

  constructor(url: URL, name: string, read: (text: string) => readonly SourceKey[], settings: SourceSettings) {
    this.#url = url;
    this.#name = name;
    this.#read = read;
    this.#settings = settings;
  }

  /**
   * The keys of a name, or all; `null` when the source has none such.
   *
   * @throws KeySourceError, or rejects with it, while that cannot be known
   */
  find(id: string | undefined, algorithm: AsymmetricAlgorithm | undefined): MaybePromise<Picked | null> {
    const held = this.#held;
    const now = this.#now();
    if (held !== undefined && now < held.stale) {
      if (now >= held.fresh && this.#mayTry(now)) this.#refresh(now).catch(() => {});
      return this.#pick(held.set, id, algorithm, now);
    }
    if (this.#flight === undefined && !this.#mayTry(now)) return this.#fallBack(id, algorithm, now);
    return this.#refresh(now).then(
      () => this.#pick((this.#held as Held).set, id, algorithm, this.#now()),
      () => this.#fallBack(id, algorithm, this.#now()),
    );
  }

  #now(): number {
    const { clock } = this.#settings;
    return clock.monotonic?.() ?? clock.now();
  }

  #mayTry(now: number): boolean {
    return now >= this.#retryAt;
  }

  /** The source fails: what was fetched before serves for a while. */
  #fallBack(
    id: string | undefined,
    algorithm: AsymmetricAlgorithm | undefined,
    now: number,
  ): MaybePromise<Picked | null> {
    if (this.#held !== undefined && now < this.#held.kept) return this.#pick(this.#held.set, id, algorithm, now);
    throw this.#failure;
  }

  #pick(set: KeySet, id: string | undefined, algorithm: AsymmetricAlgorithm | undefined, now: number) {
    const picked = set.pick(id, algorithm);
    if (picked !== undefined) return picked;
    // A name that is there, and whose key does not fit, would not fit after a fetch either.
    return id === undefined || set.has(id) ? null : this.#lookAgain(id, algorithm, now);
  }

  /** For a name that was not there at the last fetch: it may be new, or made up. */
  #lookAgain(id: string, algorithm: AsymmetricAlgorithm | undefined, now: number): MaybePromise<Picked | null> {
    if (id.length > LONGEST_NAME || (this.#missing.get(id) ?? 0) > now) return null;
    if (this.#flight === undefined) {
      if (!this.#mayTry(now)) throw this.#failure;
      // An empty bucket says that the source was asked less than thirty seconds ago, and did not have it.
      if (!this.#unknown.take(now)) return this.#failure === undefined ? null : fail(this.#failure);
    }
    return andThen(this.#refresh(now), () => {
      const picked = (this.#held as Held).set.pick(id, algorithm);
      if (picked !== undefined) return picked;
      if (this.#missing.size >= MISSING_NAMES) this.#missing.delete(this.#missing.keys().next().value as string);
      this.#missing.set(id, this.#now() + MISSING);
      return null;
    });
  }

  /** One fetch at a time, which everybody waits for. */
  #refresh(now: number): Promise<void> {
    if (this.#flight !== undefined && now < this.#flight.lost) return this.#flight.ended;
    const flight: Flight = { ended: this.#fetch(), lost: now + this.#settings.timeout * 2 };
    this.#flight = flight;
    const landed = () => {
      if (this.#flight === flight) this.#flight = undefined;
    };
    flight.ended.then(landed, landed);
    return flight.ended;
  }

  async #fetch(): Promise<void> {
    const { maxAge, keep } = this.#settings;
    try {
      const { text, cacheControl, age } = await get(this.#url, this.#name, this.#settings);
      const set = new KeySet(this.#judge(text));
      const now = this.#now();
      const fresh = freshFor(cacheControl, age, maxAge);
      this.#held = { set, fresh: now + fresh, stale: now + fresh * 2, kept: now + Math.max(keep, fresh) };
      this.#missing.clear();
      this.#failure = undefined;
      this.#failures = 0;
      this.#retryAt = Number.NEGATIVE_INFINITY;
    } catch (error) {
      this.#failure = error as KeySourceError;
      this.#retryAt = this.#now() + Math.min(LONGEST_PAUSE, PAUSE * 2 ** this.#failures++);
      notify(this.#settings.onFailure, this.#failure);
      throw error;
    }
  }

  #judge(text: string): readonly SourceKey[] {
    try {
      return this.#read(text);
    } catch (error) {
      throw unavailable(this.#name, error instanceof Error ? error.message : "its answer cannot be read", error);
    }
  }
}

function fail(error: unknown): never {
  throw error;
}
