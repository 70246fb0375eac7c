import type { Format } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import { plainEvent, restoreEvent } from "../event/stored-event.ts";
import type { ClaimedItem, Progress } from "../outbox/parts.ts";
import { giveBack, type WriteDownTools, writeDown } from "./write-down.ts";

/** A lease lasts longer than the request under it, by so much, in milliseconds. */
export const LEASE_MARGIN = 60_000;

/** Whether any item needs another look: asked first, so that a batch of the usual kind begins at once. */
export function needsRegrouping(claimed: readonly ClaimedItem[], endpoint: Endpoint): boolean {
  return (
    endpoint.discardAfter !== Number.POSITIVE_INFINITY ||
    (endpoint.format?.group !== undefined && claimed.length > 1) ||
    claimed.some((item) => item.progress !== undefined)
  );
}

/** The items that are to go as one batch now, of those that were claimed. The others are written down. */
export async function regroup(
  claimed: readonly ClaimedItem[],
  endpoint: Endpoint,
  tools: WriteDownTools,
): Promise<readonly ClaimedItem[]> {
  const interrupted = claimed.find((item) => item.progress !== undefined)?.progress;
  const batch = interrupted === undefined ? claimed : await together(claimed, interrupted, tools);
  const fresh = endpoint.discardAfter === Number.POSITIVE_INFINITY ? batch : await withoutOld(batch, endpoint, tools);
  return endpoint.format?.group === undefined ? fresh : ofOneGroup(fresh, endpoint.format, tools);
}

/** An interrupted batch goes on with exactly its own items; others wait for the next. */
async function together(
  claimed: readonly ClaimedItem[],
  interrupted: Progress,
  tools: WriteDownTools,
): Promise<readonly ClaimedItem[]> {
  const { items: order } = interrupted;
  await giveBack(
    claimed.filter((item) => !order.includes(item.id)),
    tools,
  );
  const here = claimed.filter((item) => order.includes(item.id));
  if (here.length < order.length) return here.map(startOver);
  return [...here].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

/** Some of its batch are gone: the requests are no longer the same. */
function startOver({ progress: _progress, ...item }: ClaimedItem): ClaimedItem {
  return item;
}

async function withoutOld(
  items: readonly ClaimedItem[],
  { discardAfter, rate }: Endpoint,
  tools: WriteDownTools,
): Promise<readonly ClaimedItem[]> {
  // Judged when its last attempt failed; waiting for a turn since then has made it no older.
  const wait = rate?.per ?? 0;
  // What was never tried may have waited for the rate or an outage: it has its attempt, however old it is.
  const isOld = ({ attempts, age }: ClaimedItem) => attempts > 0 && age - wait >= discardAfter;
  const old = items.filter(isOld);
  if (old.length === 0) return items;
  const plan = { kind: "discard", message: "Discarded: older than discardAfter." } as const;
  await writeDown(
    old.map((item) => ({ item, plan })),
    tools,
  );
  return items.filter((item) => !isOld(item)).map(startOver);
}

/** The items that may go with the first; the others go back, and are claimed next. */
async function ofOneGroup(
  items: readonly ClaimedItem[],
  format: Format,
  tools: WriteDownTools,
): Promise<readonly ClaimedItem[]> {
  const groups = items.map((item) => groupOf(item, format));
  await giveBack(
    items.filter((_, index) => groups[index] !== groups[0]),
    tools,
  );
  return items.filter((_, index) => groups[index] === groups[0]);
}

/** A format that throws here throws when it builds the body as well, and the event ends there. */
function groupOf(item: ClaimedItem, format: Format): string {
  try {
    return format.group?.(plainEvent(restoreEvent(item.event))) ?? "";
  } catch {
    return `${item.id} has no group`;
  }
}
