import type { ListAsk, Page, RedriveAsk, Redriven } from "../parts.ts";
import { type Entry, itemOf, letterOf, redriven } from "./items.ts";
import type { Kept } from "./kept.ts";

/** What waits (in the order of arrival) or is dead (in the order of burial), a page at a time. */
export function list(kept: Kept, { state, endpoint, limit, cursor }: ListAsk): Page {
  const queues = endpoint === undefined ? [...kept.queues.values()] : [kept.queue(endpoint)];
  const after = cursor === undefined ? 0 : Number(cursor);
  const all = queues.flatMap((queue) => [...queue[state].values()]).filter((entry) => orderOf(entry) > after);
  const items = all.sort((a, b) => orderOf(a) - orderOf(b)).slice(0, limit);
  const last = items[items.length - 1];
  const page = { items: items.map((entry) => (entry.burial === undefined ? itemOf(entry) : letterOf(entry))) };
  return last === undefined || all.length === items.length ? page : { ...page, cursor: String(orderOf(last)) };
}

function orderOf({ burial, sequence }: Entry): number {
  return burial?.sequence ?? sequence;
}

/** Puts letters back into the queue as new ones. */
export function redrive(kept: Kept, ask: RedriveAsk): Redriven {
  const dead = "items" in ask ? lettersOf(kept, ask.items) : deadOf(kept, ask.endpoint);
  const before = "items" in ask ? kept.count : Number(ask.before ?? kept.count);
  const limit = "items" in ask ? Number.POSITIVE_INFINITY : ask.limit;
  const now = kept.now();
  let moved = 0;
  for (const old of dead) {
    if (moved === limit) return { moved, more: true, before: String(before) };
    const queue = kept.queue(old.endpoint);
    if (old.generation !== queue.state.generation || (old.burial?.sequence ?? 0) > before) continue;
    kept.unbury(old);
    queue.replace(old);
    const entry = redriven(old, kept.next(), now);
    kept.entries.set(entry.id, entry);
    queue.add(entry);
    moved += 1;
  }
  return { moved, more: false, before: String(before) };
}

function lettersOf({ entries }: Kept, items: readonly string[]): readonly Entry[] {
  return [...new Set(items)]
    .map((id) => entries.get(id))
    .filter((entry): entry is Entry => entry?.burial !== undefined);
}

function* deadOf(kept: Kept, endpoint: string | undefined): Generator<Entry> {
  const queues = endpoint === undefined ? [...kept.queues.values()] : [kept.queue(endpoint)];
  for (const queue of queues) yield* queue.dead.values();
}

/** Takes out what waits or is dead. */
export function cancel(kept: Kept, items: readonly string[]): number {
  let cancelled = 0;
  for (const id of items) {
    const entry = kept.entries.get(id);
    if (entry === undefined) continue;
    const queue = kept.queue(entry.endpoint);
    if (entry.inHand) continue;
    if (!kept.unbury(entry)) queue.waiting.remove(entry);
    // The others of its batch begin anew: their requests are no longer the same.
    for (const member of entry.progress?.items ?? []) {
      const other = kept.entries.get(member);
      if (other !== undefined) other.progress = undefined;
    }
    kept.end(queue, entry, "cancelled");
    cancelled += 1;
  }
  return cancelled;
}
