import type { EndpointStats, ItemOutcome, Look, LookAsk, StateChange } from "../parts.ts";
import { numberOf } from "./items.ts";
import type { Kept } from "./kept.ts";

/** When endpoints have something to claim, and their state. */
export function look(kept: Kept, { owner, endpoints }: LookAsk): readonly Look[] {
  const now = kept.now();
  return endpoints.map(({ endpoint, order }) => {
    const queue = kept.queue(endpoint);
    const due = queue.nextDue(order, owner);
    const state = { ...queue.state, pausedFor: Math.max(0, queue.pausedUntil - now) };
    return due === undefined ? { endpoint, state } : { endpoint, state, due: due - now };
  });
}

/** Sets an endpoint's state, unless another was faster. */
export function setState(kept: Kept, endpoint: string, version: number, next: StateChange): boolean {
  const queue = kept.queue(endpoint);
  if (queue.state.version !== version) return false;
  const { pausedFor = 0, breaker = false, ...rest } = next;
  const at = kept.now();
  queue.state = { generation: queue.state.generation, version: version + 1, breaker, ...rest, at };
  queue.pausedUntil = at + pausedFor;
  return true;
}

/** Cancels what waits at an endpoint; the next of its name begins anew. */
export function removeEndpoint(kept: Kept, endpoint: string, generation: number): number {
  const queue = kept.queue(endpoint);
  if (queue.state.generation !== generation) return 0;
  const waiting = [...queue.waiting.values()];
  for (const entry of waiting) {
    queue.waiting.remove(entry);
    kept.end(queue, entry, "cancelled");
  }
  queue.startAnew();
  return waiting.length;
}

/** How items ended, of those that have and are remembered. */
export function outcomes({ entries, ended }: Kept, items: readonly string[]): readonly ItemOutcome[] {
  return items.flatMap((id): ItemOutcome[] => {
    const entry = entries.get(id);
    if (entry?.burial !== undefined) {
      return [{ id, status: "dead", reason: entry.burial.reason, attempts: entry.attempts }];
    }
    const end = entry === undefined ? ended.get(numberOf(id)) : undefined;
    return end === undefined ? [] : [{ id, status: end.status, attempts: end.attempts }];
  });
}

/** Counts of the endpoints, or of all. */
export function stats(kept: Kept, endpoints: readonly string[] | undefined): readonly EndpointStats[] {
  const now = kept.now();
  return (endpoints ?? [...kept.queues.keys()]).map((endpoint) => {
    const { waiting, claimed, dead } = kept.queue(endpoint);
    const counts = { endpoint, pending: waiting.size, claimed: claimed.size, dead: dead.size };
    const overdue = now - (waiting.peek()?.at ?? Number.POSITIVE_INFINITY);
    return overdue < 0 ? counts : { ...counts, overdue };
  });
}
