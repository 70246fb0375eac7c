import type { DeadLetter, Outbox, OutboxItem } from "@countersign/sender";
import type { Paint } from "../terminal/paint.ts";
import { bodyLines, count, plain } from "../terminal/text.ts";

/** An event at an endpoint: one that waits, or a dead letter. */
export type Item = OutboxItem & Partial<Pick<DeadLetter, "burial" | "history">>;

type State = "waiting" | "dead";

/** What waits or is dead, in order, a page of the store's at a time, up to a limit. */
export async function itemsOf(
  outbox: Outbox<any>,
  state: State,
  limit: number,
  endpoint?: string,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | undefined;
  do {
    const page = await outbox.list({
      state,
      limit: Math.min(500, limit - items.length),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(cursor === undefined ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && items.length < limit);
  return items;
}

/** The item of this name, dead or waiting; `undefined` when there is none among the first 100,000 of each. */
export async function itemNamed(outbox: Outbox<any>, name: string): Promise<Item | undefined> {
  for (const state of ["dead", "waiting"] as const) {
    const found = (await itemsOf(outbox, state, 100_000)).find(({ id }) => id === name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** One item, as JSON. */
export function itemAsJson({ id, endpoint, event, enqueuedAt, attempts, burial }: Item) {
  return {
    item: id,
    endpoint,
    event: { id: event.id, type: event.type },
    enqueuedAt: new Date(enqueuedAt).toISOString(),
    attempts,
    ...(burial === undefined
      ? {}
      : { burial: { reason: burial.reason, message: burial.message, at: new Date(burial.at).toISOString() } }),
  };
}

/** One item in a line. */
export function itemLine(
  { id, endpoint, event, enqueuedAt, attempts, burial }: Item,
  { bold, dim, red }: Paint,
): string {
  const why = burial === undefined ? "" : `  ${red(plain(burial.reason))}: ${plain(burial.message, 200)}`;
  return `${bold(plain(id))}  ${plain(endpoint)}  ${plain(event.type)}  ${dim(`${new Date(enqueuedAt).toISOString()}, ${count(attempts, "attempt")}`)}${why}`;
}

/** One item with its event and what was tried. */
export async function itemLines(outbox: Outbox<any>, item: Item, paint: Paint): Promise<string[]> {
  const attempts = await outbox.attempts(item.id);
  return [
    itemLine(item, paint),
    ...bodyLines(Buffer.from(JSON.stringify(item.event, null, 2))).map((line) => `  ${line}`),
    ...attempts.map(({ number, startedAt, status, error, message }) => {
      const how = status === undefined ? plain(error ?? "") : String(status);
      return `  ${paint.dim(new Date(startedAt).toISOString())}  attempt ${number}: ${how}${message === undefined ? "" : `, ${plain(message, 300)}`}`;
    }),
  ];
}
