import { KeyFault } from "../crypto/key-fault.ts";
import { algorithmsOf } from "../crypto/key-text.ts";
import type { AsymmetricAlgorithm } from "../scheme/algorithms.ts";

/** One public key of a source, already judged. */
export interface SourceKey {
  /** Its name; absent where the source gives none. */
  readonly id?: string | undefined;
  /** The key as text: the same object each time, by which the verifier finds it prepared. */
  readonly text: string;
  /** The algorithms that it may serve. */
  readonly algorithms: ReadonlySet<AsymmetricAlgorithm>;
}

/** A set with more is no set of keys to verify webhooks with. */
const MOST_KEYS = 256;

/**
 * The usable keys of what a source lists, each once. Those that cannot be used are left out, unless they are all.
 *
 * @param make reads one; throws a `KeyFault` for one that cannot be used
 */
export function usableKeys<Listed>(
  list: readonly Listed[],
  make: (one: Listed) => Pick<SourceKey, "id" | "text">,
): readonly SourceKey[] {
  if (list.length > MOST_KEYS) throw new Error(`it lists more than ${MOST_KEYS} keys`);
  const usable: SourceKey[] = [];
  let fault: string | undefined;
  for (const one of list) {
    try {
      const { id, text } = make(one);
      const isKnown = usable.some((other) => other.id === id && other.text === text);
      if (!isKnown) usable.push({ id, text, algorithms: algorithmsOf(text) });
    } catch (error) {
      if (!(error instanceof KeyFault)) throw error;
      fault ??= error.message;
    }
  }
  if (usable.length > 0) return usable;
  throw new Error(fault === undefined ? "it lists no key" : `it lists no key that can be used: one ${fault}`);
}

/** What a look-up gives: one text, or several, or nothing. */
export type Picked = string | readonly string[] | undefined;

/** The keys of one answer of a source. */
export class KeySet {
  readonly #all: readonly SourceKey[];
  readonly #byId = new Map<string, readonly SourceKey[]>();

  constructor(keys: readonly SourceKey[]) {
    this.#all = keys;
    for (const key of keys) {
      if (key.id !== undefined) this.#byId.set(key.id, [...(this.#byId.get(key.id) ?? []), key]);
    }
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** Those of a name that may serve the algorithm; without a name, of all. Two keys of one name are both given. */
  pick(id: string | undefined, algorithm: AsymmetricAlgorithm | undefined): Picked {
    const named = id === undefined ? this.#all : this.#byId.get(id);
    const [first] = named ?? [];
    if (named === undefined || first === undefined) return undefined;
    if (named.length === 1) return algorithm === undefined || first.algorithms.has(algorithm) ? first.text : undefined;
    const fit = named.filter((key) => algorithm === undefined || key.algorithms.has(algorithm));
    return fit.length === 0 ? undefined : fit.map(({ text }) => text);
  }
}
