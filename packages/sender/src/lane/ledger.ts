import type { Outbox } from "../outbox/outbox.ts";
import type { Finished, Result } from "../outbox/parts.ts";

/** What somebody wants to have written down. */
interface Entry {
  readonly results: readonly Result[];
  readonly resolve: (answers: readonly Finished[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Writes results into the outbox: those of all batches that end at the same time in one call, which a database makes one
 * transaction of. Nobody waits for a call that is under way.
 */
export class Ledger {
  readonly #outbox: Pick<Outbox, "finish">;
  #entries: Entry[] = [];

  constructor(outbox: Pick<Outbox, "finish">) {
    this.#outbox = outbox;
  }

  /** The outbox's answers, one for each result. */
  finish(results: readonly Result[]): Promise<readonly Finished[]> {
    return new Promise((resolve, reject) => {
      this.#entries.push({ results, resolve, reject });
      if (this.#entries.length === 1) queueMicrotask(this.#write);
    });
  }

  readonly #write = (): void => {
    const entries = this.#entries;
    this.#entries = [];
    if (entries.length === 1) void this.#writeOne(entries[0] as Entry);
    else void this.#writeAll(entries);
  };

  async #writeAll(entries: readonly Entry[]): Promise<void> {
    let answers: readonly Finished[];
    try {
      const answered = this.#outbox.finish(entries.flatMap(({ results }) => results));
      answers = answered instanceof Promise ? await answered : answered;
    } catch {
      // Of what is written together one can spoil it for all: each for itself, and told of its own failure.
      for (const entry of entries) void this.#writeOne(entry);
      return;
    }
    let from = 0;
    for (const { results, resolve } of entries) {
      resolve(entries.length === 1 ? answers : answers.slice(from, from + results.length));
      from += results.length;
    }
  }

  async #writeOne({ results, resolve, reject }: Entry): Promise<void> {
    try {
      resolve(await this.#outbox.finish(results));
    } catch (error) {
      reject(error);
    }
  }
}
