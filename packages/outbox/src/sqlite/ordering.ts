import type { Session } from "./session.ts";

/** When an item is due that is held back by an older one of its ordering key: no time that will come. */
export const HELD_BACK = 9e15;

/** Of which order an item is. */
export interface Ordered {
  readonly endpoint: string;
  readonly generation: number;
  readonly ordering: string | null;
}

/** Whether an older item of the same ordering key waits, is in hand or is dead. */
export function isHeldBack(session: Session, { endpoint, generation, ordering }: Ordered): boolean {
  if (ordering === null) return false;
  const older = session.get(
    `SELECT 1 AS older FROM countersign_item
     WHERE state <= 2 AND endpoint = ? AND generation = ? AND ordering = ? LIMIT 1`,
    endpoint,
    generation,
    ordering,
  );
  return older !== undefined;
}

/** One has left: the oldest of those that are left may go, if it was held back. */
export function letGo(session: Session, { endpoint, generation, ordering }: Ordered, now: number): void {
  if (ordering === null) return;
  session.run(
    `UPDATE countersign_item SET due = ?1 WHERE state = 0 AND due = ${HELD_BACK} AND id = (
       SELECT id FROM countersign_item WHERE state <= 2 AND endpoint = ?2 AND generation = ?3 AND ordering = ?4
       ORDER BY place LIMIT 1)`,
    now,
    endpoint,
    generation,
    ordering,
  );
}
