import { checkFunction, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { Outbox, Placing } from "@countersign/sender";

/** What was moved so far, and what is still to go: counts of events. */
export interface DrainProgress {
  /** Events that wait in the other outbox now. */
  readonly moved: number;
  /** Of these, those that were there already: an earlier drain was interrupted behind them. */
  readonly known: number;
  /** Events that stay, because the other outbox has one with the same id and other content. */
  readonly conflicts: number;
  /** What waits in the first outbox still. */
  readonly left: number;
}

/** What a whole drain leaves behind. */
export interface Drained extends Omit<DrainProgress, "left"> {
  /** In hand when it was looked at: a sender still works there. Drain again when it has ended. */
  readonly claimed: number;
  /** Dead letters, which stay where they are: redrive them first to take them along. */
  readonly dead: number;
}

/** Options of {@link drainOutbox}. */
export interface DrainOptions {
  /** Events that are moved in one transaction, 1 to 1,000. @default 100 */
  readonly batch?: number;
  /** Told after each batch. */
  readonly onProgress?: (progress: DrainProgress) => unknown;
  /** Stops it between two batches; what was moved until then is moved. */
  readonly signal?: AbortSignal;
}

const KEYS: KeysOf<DrainOptions> = { batch: "optional", onProgress: "optional", signal: "optional" };

/**
 * Moves what waits in one outbox into another: a SQLite file into PostgreSQL, an old database into a new one. Close the
 * senders of the first before, and give the second to theirs.
 *
 * It may be interrupted at any moment and repeated: an event is in the second outbox before it leaves the first, and its id
 * is there only once. Order is kept. Attempts made so far, and the wait for the next one, are not taken along: what is moved
 * is due at once; of a batch that was half sent the first half is sent again.
 *
 * @throws ConfigurationError for an option that cannot be honoured, OutboxFull where the second has no room, and the reason
 * of the signal
 * @example
 * ```ts
 * import { memoryOutbox } from "@countersign/sender";
 * import { drainOutbox } from "@countersign/outbox";
 *
 * const { moved } = await drainOutbox(memoryOutbox(), memoryOutbox());
 * console.log(moved); // 0
 * ```
 */
export async function drainOutbox(from: Outbox<any>, to: Outbox<any>, options: DrainOptions = {}): Promise<Drained> {
  checkOptions(options, KEYS, "");
  const { onProgress, signal } = options;
  const batch = checkInteger(options.batch ?? 100, "batch", 1, 1_000, "events");
  checkFunction(onProgress, "onProgress");
  const done = { moved: 0, known: 0, conflicts: 0 };
  let cursor: string | undefined;
  do {
    signal?.throwIfAborted();
    const page = await from.list({ state: "waiting", limit: batch, ...(cursor === undefined ? {} : { cursor }) });
    if (page.items.length > 0) {
      const states = await generations(to, [...new Set(page.items.map(({ endpoint }) => endpoint))]);
      const placed = (
        await to.enqueue(
          page.items.map(
            ({ event, endpoint }): Placing => ({
              // Ids that a sender made are not remembered: as one of the application's own it is known again.
              event: { ...event, generated: false },
              placements: [{ endpoint, generation: states.get(endpoint) ?? 1, order: "fifo" }],
            }),
          ),
        )
      ).map(([one]) => one);
      const gone = page.items.filter((_, index) => placed[index]?.conflict !== true && placed[index]?.removed !== true);
      await from.cancel(gone.map(({ id }) => id));
      done.moved += gone.length;
      done.known += placed.filter((one) => one?.created === false && one.conflict !== true).length;
      done.conflicts += page.items.length - gone.length;
      onProgress?.({ ...done, left: total(await from.stats(), "pending") });
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  const stats = await from.stats();
  return { ...done, claimed: total(stats, "claimed"), dead: total(stats, "dead") };
}

async function generations(outbox: Outbox<any>, endpoints: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const asked = endpoints.map((endpoint) => ({ endpoint, order: "due" as const }));
  const looks = await outbox.look({ owner: "drain", endpoints: asked });
  return new Map(looks.map(({ endpoint, state }) => [endpoint, state.generation]));
}

function total<Key extends string>(stats: readonly Readonly<Record<Key, number>>[], key: Key): number {
  return stats.reduce((sum, one) => sum + one[key], 0);
}
