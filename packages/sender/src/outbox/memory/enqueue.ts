import { sizeOf } from "../../event/stored-event.ts";
import { OutboxFull, type Placed, type Placement, type Placing } from "../placing.ts";
import { Entry } from "./items.ts";
import type { Kept } from "./kept.ts";

/** All or none. @throws OutboxFull */
export function enqueue(kept: Kept, events: readonly Placing[]): Placed[][] {
  checkRoom(kept, events);
  return place(kept, events);
}

/** The same, whatever the capacity. */
export function place(kept: Kept, events: readonly Placing[]): Placed[][] {
  const now = kept.now();
  return events.map(({ event, placements }) => placements.map((placement) => placeOne(kept, event, placement, now)));
}

function placeOne(kept: Kept, event: Placing["event"], placement: Placement, now: number): Placed {
  const { endpoint, generation, delay = 0 } = placement;
  const queue = kept.queue(endpoint);
  if (queue.state.generation !== generation) return { endpoint, item: "", created: false, removed: true };
  const known = queue.known(event);
  if (known !== undefined) return { endpoint, created: false, ...known };
  const number = kept.next();
  const entry = new Entry(number, number, placement, event, now, delay);
  kept.entries.set(entry.id, entry);
  queue.add(entry);
  return { endpoint, item: entry.id, created: true };
}

/** @throws OutboxFull for the first endpoint that has no room for all that is new to it */
function checkRoom(kept: Kept, events: readonly Placing[]): void {
  const { capacity, bytes, bytesPerEndpoint } = kept.bounds;
  let all = kept.weight.bytes;
  // One event goes to an endpoint once: only where there are several has one to be counted beside the others.
  const more = events.length === 1 ? undefined : new Map<string, { count: number; bytes: number }>();
  for (const { event, placements } of events) {
    const size = sizeOf(event);
    for (const { endpoint, generation } of placements) {
      const queue = kept.queue(endpoint);
      if (queue.state.generation !== generation || queue.known(event) !== undefined) continue;
      const before = more?.get(endpoint) ?? NOTHING;
      all += size;
      if (queue.size + before.count >= capacity) throw new OutboxFull(endpoint);
      if (all > bytes || queue.bytes + before.bytes + size > bytesPerEndpoint) throw new OutboxFull(endpoint);
      more?.set(endpoint, { count: before.count + 1, bytes: before.bytes + size });
    }
  }
}

const NOTHING = { count: 0, bytes: 0 };
