import { type AttemptRecord, type Finished, type ItemOutcome, MOST_RECORDS, type Result } from "@countersign/sender";
import { enqueue } from "./enqueue.ts";
import { numberOf } from "./items.ts";
import { letGo, type Ordered } from "./ordering.ts";
import type { ItemRow, Session } from "./session.ts";

/** How long what has ended is remembered. */
export interface Retention {
  /** The most ended items. */
  readonly remembered: number;
  /** Milliseconds for which an ended item is remembered. */
  readonly rememberFor: number;
  /** Milliseconds for which dead letters are kept. */
  readonly deadLetters: number;
}

/** Writes down what became of claimed items, in the transaction that is open. */
export function finish(session: Session, results: readonly Result[], retention: Retention): Finished[] {
  const now = session.writeNow();
  const answers = results.map((result) => finishOne(session, result, now));
  sweep(session, retention, now, 2 * results.length);
  return answers;
}

function finishOne(session: Session, result: Result, now: number): Finished {
  const { id, token } = result;
  const row = session.get<ItemRow>("SELECT * FROM countersign_item WHERE id = ?", numberOf(id));
  if (row === undefined || row.token !== token) return { id, held: false };
  // Not in hand, and yet under this token: it was written down before, and the answer was lost.
  if (row.state !== 1) return { id, held: true };
  if (result.attempt !== undefined) append(session, row, result.attempt, now);
  const attempts = row.attempts + (result.attempt === undefined ? 0 : 1);
  switch (result.kind) {
    case "done":
    case "discard":
      end(session, row.id, result.kind === "done" ? "delivered" : "discarded", now);
      return { id, held: true };
    case "bury": {
      const { reason, message, raised = [] } = result;
      session.run(
        `UPDATE countersign_item SET state = 2, owner = NULL, lead = NULL, attempts = ?, reason = ?, message = ?, ended = ?,
           rank = ? WHERE id = ?`,
        attempts,
        reason,
        JSON.stringify(message),
        now,
        session.count(),
        row.id,
      );
      return { id, held: true, raised: enqueue(session, raised) };
    }
    case "retry": {
      if (generationOf(session, row.endpoint) !== row.generation) {
        end(session, row.id, "cancelled", now);
        return { id, held: true, cancelled: true };
      }
      const { progress } = result;
      const lead = progress === undefined || progress.items.length < 2 ? null : numberOf(progress.items[0] as string);
      session.run(
        "UPDATE countersign_item SET state = 0, owner = NULL, due = ?, attempts = ?, lead = ?, progress = ? WHERE id = ?",
        now + Math.ceil(result.delay),
        attempts,
        lead,
        progress === undefined ? null : JSON.stringify(progress),
        row.id,
      );
      return { id, held: true };
    }
  }
}

/** One more attempt: the first and the latest are kept. */
function append(session: Session, { id, attempts, tried }: ItemRow, record: AttemptRecord, now: number): void {
  const number = attempts + 1;
  session.run("INSERT INTO countersign_attempt VALUES (?, ?, ?)", id, number, JSON.stringify(record));
  if (number > MOST_RECORDS) {
    const oldest = number - MOST_RECORDS + 1;
    session.run("DELETE FROM countersign_attempt WHERE item = ? AND number > 1 AND number <= ?", id, oldest);
  }
  if (tried !== null) return;
  session.run("UPDATE countersign_item SET tried = ? WHERE id = ?", now - Math.ceil(record.timings.total), id);
}

/** The item has left the queue for good: its name and its end are remembered, its event is not. */
export function end(session: Session, id: number, status: ItemOutcome["status"], now: number): void {
  const { ended } = session.get("UPDATE countersign_outbox SET ended = ended + 1 RETURNING ended") as { ended: number };
  const row = session.get<Ordered>(
    `UPDATE countersign_item SET state = 3, status = ?1, ended = ?2, rank = ?3, event = '', owner = NULL, lead = NULL,
       progress = NULL, message = NULL,
       attempts = ifnull((SELECT max(number) FROM countersign_attempt WHERE item = ?4), attempts)
     WHERE id = ?4 RETURNING endpoint, generation, ordering`,
    status,
    now,
    ended,
    id,
  );
  if (row !== undefined) letGo(session, row, now);
}

/** From a claim that is none any more back to waiting, unless its endpoint is gone. The old token is worth nothing. */
export function giveBack(session: Session, { id, endpoint, generation }: ItemRow, now: number): void {
  if (generationOf(session, endpoint) !== generation) {
    session.run("UPDATE countersign_item SET token = token + 1 WHERE id = ?", id);
    end(session, id, "cancelled", now);
    return;
  }
  session.run("UPDATE countersign_item SET state = 0, due = ?, owner = NULL, token = token + 1 WHERE id = ?", now, id);
}

export function generationOf(session: Session, endpoint: string): number {
  const row = session.get<{ generation: number }>(
    "SELECT generation FROM countersign_endpoint WHERE name = ?",
    endpoint,
  );
  return row?.generation ?? 1;
}

/** Forgets a few of what has been kept for long enough, so that the file stays as large as what is alive. */
export function sweep(session: Session, retention: Retention, now: number, most: number): number {
  const { ended } = session.get("SELECT ended FROM countersign_outbox") as { ended: number };
  const gone = [
    ...session.all<{ id: number }>(
      `SELECT id FROM (SELECT id, rank, ended FROM countersign_item WHERE state = 3 ORDER BY rank LIMIT ?)
       WHERE rank <= ? OR ended <= ?`,
      most,
      ended - retention.remembered,
      now - retention.rememberFor,
    ),
    ...session.all<{ id: number }>(
      "SELECT id FROM (SELECT id, ended FROM countersign_item WHERE state = 2 ORDER BY rank LIMIT ?) WHERE ended <= ?",
      most,
      now - retention.deadLetters,
    ),
  ];
  // The name of one that is forgotten is not given again.
  if (gone.length > 0) session.count();
  for (const { id } of gone) {
    session.run("DELETE FROM countersign_attempt WHERE item = ?", id);
    const sql = "DELETE FROM countersign_item WHERE id = ? RETURNING endpoint, generation, ordering";
    const row = session.get<Ordered>(sql, id);
    if (row !== undefined) letGo(session, row, now);
  }
  return gone.length;
}
