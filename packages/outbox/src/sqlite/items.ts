import type { AttemptRecord, ClaimedItem, OutboxItem } from "@countersign/sender";
import { readEvent } from "../rows/events.ts";
import type { ItemRow, Session } from "./session.ts";

/** An item as anybody may see it. */
export function toItem({ id, endpoint, generation, event, enqueued, attempts, progress }: ItemRow): OutboxItem {
  return {
    id: String(id),
    endpoint,
    generation,
    event: readEvent(event),
    enqueuedAt: enqueued,
    attempts,
    ...(progress === null ? {} : { progress: JSON.parse(progress) }),
  };
}

/** The same, in hand. */
export function toClaimed(row: ItemRow, now: number): ClaimedItem {
  return {
    ...toItem(row),
    token: row.token,
    age: Math.max(0, now - row.enqueued),
    ...(row.tried === null ? {} : { tried: Math.max(0, now - row.tried) }),
  };
}

/** What was tried for an item. */
export function attemptsOf(session: Session, id: number): readonly AttemptRecord[] {
  const sql = "SELECT record FROM countersign_attempt WHERE item = ? ORDER BY number";
  return session.all<{ record: string }>(sql, id).map(({ record }) => JSON.parse(record));
}

/** An item's number in the table; one that no item has for a name that is none of ours. */
export function numberOf(item: string): number {
  return /^\d{1,15}$/.test(item) ? Number(item) : -1;
}
