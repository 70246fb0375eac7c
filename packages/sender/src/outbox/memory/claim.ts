import type { ClaimAsk, ClaimedItem, ClaimRef, Room } from "../parts.ts";
import { claimOf } from "./items.ts";
import type { Kept } from "./kept.ts";
import type { EndpointQueue } from "./queue.ts";

interface Due {
  readonly at: number;
  readonly room: Room;
  readonly queue: EndpointQueue;
}

/** Due items of the endpoints that have room, the longest-due endpoint first. */
export function claim(kept: Kept, { owner, total, room }: ClaimAsk): readonly ClaimedItem[] {
  const now = kept.now();
  const due: Due[] = [];
  for (const one of room) {
    const queue = kept.queue(one.endpoint);
    queue.expire(now, (entry) => kept.end(queue, entry, "cancelled"));
    const at = queue.nextDue(one.order, owner);
    if (at === undefined || at > now + (one.early ?? 0)) continue;
    due.push({ at, room: one, queue });
  }
  if (due.length > 1) due.sort((a, b) => a.at - b.at);
  const taken: ClaimedItem[] = [];
  for (const { room: one, queue } of due) {
    if (taken.length >= total) break;
    if (!queue.admits(owner, one, now)) continue;
    for (const entry of queue.take(one, Math.min(one.limit, total - taken.length), now, kept.find)) {
      entry.token += 1;
      entry.owner = owner;
      entry.leasedUntil = now + one.lease;
      queue.hand(entry);
      taken.push(claimOf(entry, now));
    }
  }
  return taken;
}

/** Those claims that are still held, for longer. */
export function extend(kept: Kept, claims: readonly ClaimRef[], lease: number): readonly ClaimRef[] {
  const until = kept.now() + lease;
  return claims.filter((ref) => {
    const entry = kept.held(ref);
    if (entry === undefined) return false;
    entry.leasedUntil = until;
    // Behind all others: claims are kept in the order in which they end.
    const { claimed } = kept.queue(entry.endpoint);
    claimed.delete(entry.id);
    claimed.set(entry.id, entry);
    return true;
  });
}

/** What an owner holds, but for some of it, waits again. */
export function release(kept: Kept, owner: string, except: readonly string[]): number {
  let released = 0;
  const left = new Set(except);
  const now = kept.now();
  for (const queue of kept.queues.values()) {
    for (const entry of [...queue.claimed.values()].filter((one) => one.owner === owner && !left.has(one.id))) {
      released += 1;
      entry.token += 1;
      if (entry.generation === queue.state.generation) queue.putBack(entry, now);
      else kept.end(queue, entry, "cancelled");
    }
  }
  return released;
}
