import type { Outbox } from "@countersign/sender";
import { type Item, itemsOf } from "../outbox/items.ts";
import type { OutboxLine, OutboxView } from "./wire.ts";

/** So many of each are shown. */
const MOST = 200;
const LONGEST = 20_000;

/** What a durable outbox holds, as the page shows it. */
export async function outboxView(outbox: Outbox<any>): Promise<OutboxView> {
  const [stats, dead, waiting] = await Promise.all([
    outbox.stats(),
    itemsOf(outbox, "dead", MOST),
    itemsOf(outbox, "waiting", MOST),
  ]);
  return {
    endpoints: stats.map(({ endpoint, pending, claimed, dead }) => ({ endpoint, pending, claimed, dead })),
    dead: dead.map(lineOf),
    waiting: waiting.map(lineOf),
  };
}

function lineOf({ id, endpoint, event, enqueuedAt, attempts, burial }: Item): OutboxLine {
  return {
    item: id,
    endpoint,
    type: event.type,
    enqueuedAt: new Date(enqueuedAt).toISOString(),
    attempts,
    reason: burial?.reason ?? "",
    message: burial?.message ?? "",
    event: JSON.stringify(event, null, 2).slice(0, LONGEST),
  };
}
