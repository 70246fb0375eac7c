import type { Endpoint } from "../endpoint/define.ts";
import type { ClaimedItem } from "../outbox/parts.ts";

/** What was claimed, as what goes in one request: each for itself, or together where the endpoint groups them. */
export function batchesOf(
  items: readonly ClaimedItem[],
  { throttle }: Pick<Endpoint, "throttle">,
): Iterable<readonly ClaimedItem[]> {
  if (throttle !== undefined) return [[...items].sort(byArrival)];
  if (items.every(({ progress }) => progress === undefined)) return items.map((item) => [item]);
  // A batch that was interrupted under another definition is still one.
  const batches = new Map<string, ClaimedItem[]>();
  for (const item of items) {
    const name = item.progress?.items[0] ?? item.id;
    const batch = batches.get(name);
    if (batch === undefined) batches.set(name, [item]);
    else batch.push(item);
  }
  return batches.values();
}

/** Of two that came in one millisecond the one with the smaller id came first: outboxes count. */
function byArrival(a: ClaimedItem, b: ClaimedItem): number {
  return a.enqueuedAt - b.enqueuedAt || a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
