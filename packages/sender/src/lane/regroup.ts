import type { Clock } from "@countersign/core";
import type { Format } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import { plainEvent, restoreEvent } from "../event/stored-event.ts";
import type { ClaimedItem, Outbox, Progress } from "../outbox/outbox.ts";
import { tooOld } from "./plan.ts";
import type { WriteDown } from "./write-down.ts";

/** A lease lasts longer than the request under it, by so much, in milliseconds. */
export const LEASE_MARGIN = 60_000;

/** What items are regrouped with. */
export interface RegroupTools {
  readonly outbox: Outbox;
  readonly clock: Clock;
}

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
  tools: RegroupTools,
  writeDown: WriteDown,
): Promise<readonly ClaimedItem[]> {
  const interrupted = claimed.find((item) => item.progress !== undefined)?.progress;
  const batch = interrupted === undefined ? claimed : await together(claimed, interrupted, endpoint, tools, writeDown);
  const fresh =
    endpoint.discardAfter === Number.POSITIVE_INFINITY ? batch : await withoutOld(batch, endpoint, tools, writeDown);
  return endpoint.format?.group === undefined ? fresh : ofOneGroup(fresh, endpoint.format, writeDown);
}

/** An interrupted batch goes on with exactly its own items; others wait for the next. */
async function together(
  claimed: readonly ClaimedItem[],
  interrupted: Progress,
  endpoint: Endpoint,
  { outbox, clock }: RegroupTools,
  writeDown: WriteDown,
): Promise<readonly ClaimedItem[]> {
  const members = new Set(interrupted.items);
  for (const item of claimed) if (!members.has(item.id)) await writeDown.giveBack(item);
  const here = claimed.filter((item) => members.has(item.id));
  const missing = interrupted.items.filter((id) => !here.some((item) => item.id === id));
  if (missing.length === 0) return inOrder(here, interrupted);
  const found = await outbox.claim({
    endpoint: endpoint.name,
    now: clock.now(),
    lease: endpoint.timeout + LEASE_MARGIN,
    limit: missing.length,
    order: "due",
    ids: missing,
  });
  if (found.length === missing.length) return inOrder([...here, ...found], interrupted);
  // Some were cancelled meanwhile: the requests are no longer the same, so what is left starts over.
  return [...here, ...found].map(({ progress: _progress, ...item }) => item);
}

function inOrder(items: readonly ClaimedItem[], { items: order }: Progress): readonly ClaimedItem[] {
  return [...items].sort((a, b) => order.indexOf(a.id) - order.indexOf(b.id));
}

async function withoutOld(
  items: readonly ClaimedItem[],
  { discardAfter, rate }: Endpoint,
  { clock }: RegroupTools,
  writeDown: WriteDown,
): Promise<readonly ClaimedItem[]> {
  // Judged when its last attempt failed; waiting for a turn since then has made it no older.
  const now = clock.now() - (rate?.per ?? 0);
  // What was never tried may have waited for the rate or an outage: it has its attempt, however old it is.
  const old = items.filter((item) => item.attempts > 0 && tooOld(item.enqueuedAt, now, discardAfter));
  const plan = { kind: "discard", message: "Discarded: older than discardAfter." } as const;
  for (const item of old) await writeDown.carryOut(plan, item, undefined);
  return old.length === 0 ? items : items.filter((item) => !old.includes(item));
}

/** The items that may go with the first; the others go back, and are claimed next. */
async function ofOneGroup(
  items: readonly ClaimedItem[],
  format: Format,
  writeDown: WriteDown,
): Promise<readonly ClaimedItem[]> {
  const groups = items.map((item) => groupOf(item, format));
  for (const [index, item] of items.entries()) if (groups[index] !== groups[0]) await writeDown.giveBack(item);
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
