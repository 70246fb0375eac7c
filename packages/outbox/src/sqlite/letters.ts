import type { ItemOutcome, ListAsk, Page, RedriveAsk, Redriven } from "@countersign/sender";
import { end, generationOf } from "./finish.ts";
import { attemptsOf, numberOf, toItem } from "./items.ts";
import type { ItemRow, Session } from "./session.ts";

/** What each list is, and by which number it is in order. */
const LISTS = {
  waiting: { state: 0, order: "place" },
  dead: { state: 2, order: "rank" },
} as const;

/** A page of what waits or is dead. */
export function list(session: Session, { state, endpoint, limit, cursor }: ListAsk): Page {
  const { state: number, order } = LISTS[state];
  const rows = session.all<ItemRow>(
    `SELECT * FROM countersign_item WHERE state = ${number} AND ${order} > ?
     ${endpoint === undefined ? "" : "AND endpoint = ?"} ORDER BY ${order} LIMIT ?`,
    cursor === undefined ? -1 : numberOf(cursor),
    ...(endpoint === undefined ? [] : [endpoint]),
    limit + 1,
  );
  const page = { items: rows.slice(0, limit).map((row) => (state === "dead" ? toLetter(session, row) : toItem(row))) };
  const last = rows[limit - 1];
  return rows.length <= limit || last === undefined ? page : { ...page, cursor: String(last[order]) };
}

function toLetter(session: Session, row: ItemRow): Page["items"][number] {
  const burial = { reason: row.reason ?? "", message: JSON.parse(row.message ?? '""'), at: row.ended ?? 0 };
  return { ...toItem(row), burial, history: attemptsOf(session, row.id) };
}

/** Puts dead letters back, behind all others; one that holds back those of its ordering key, before these. */
export function redrive(session: Session, ask: RedriveAsk): Redriven {
  const now = session.writeNow();
  const before = "before" in ask && ask.before !== undefined ? numberOf(ask.before) : session.count();
  const { rows, more } = "items" in ask ? named(session, ask.items) : buried(session, ask, before);
  for (const { id } of rows) {
    session.run("DELETE FROM countersign_attempt WHERE item = ?", id);
    session.run(
      `UPDATE countersign_item SET state = 0, place = iif(ordering IS NULL, ?, place), due = ?, enqueued = ?, tried = NULL, attempts = 0, token = token + 1,
         progress = NULL, reason = NULL, message = NULL, ended = NULL, rank = NULL WHERE id = ?`,
      session.count(),
      now,
      now,
      id,
    );
  }
  return { moved: rows.length, more, before: String(before) };
}

interface Letter {
  readonly id: number;
}

function named(session: Session, items: readonly string[]): { rows: Letter[]; more: boolean } {
  const rows = [...new Set(items)].flatMap((item) => {
    const row = session.get<ItemRow>("SELECT * FROM countersign_item WHERE id = ? AND state = 2", numberOf(item));
    return row === undefined || row.generation !== generationOf(session, row.endpoint) ? [] : [row];
  });
  return { rows, more: false };
}

function buried(
  session: Session,
  { endpoint, limit }: Exclude<RedriveAsk, { readonly items: unknown }>,
  before: number,
): { rows: Letter[]; more: boolean } {
  const rows = session.all<Letter>(
    `SELECT id FROM countersign_item AS letter
     WHERE state = 2 AND rank < ? ${endpoint === undefined ? "" : "AND endpoint = ?"}
       AND generation = ifnull((SELECT generation FROM countersign_endpoint WHERE name = letter.endpoint), 1)
     ORDER BY rank LIMIT ?`,
    before,
    ...(endpoint === undefined ? [] : [endpoint]),
    limit + 1,
  );
  return { rows: rows.slice(0, limit), more: rows.length > limit };
}

/** Takes out what waits or is dead. */
export function cancel(session: Session, items: readonly string[]): number {
  const now = session.writeNow();
  let cancelled = 0;
  for (const item of items) {
    const row = session.get<ItemRow>("SELECT * FROM countersign_item WHERE id = ? AND state IN (0, 2)", numberOf(item));
    if (row === undefined) continue;
    // The others of its batch begin anew: their requests are no longer the same.
    if (row.lead !== null) {
      session.run("UPDATE countersign_item SET lead = NULL, progress = NULL WHERE lead = ?", row.lead);
    }
    end(session, row.id, "cancelled", now);
    cancelled += 1;
  }
  return cancelled;
}

/** How items ended, of those that have and are remembered. */
export function outcomes(session: Session, items: readonly string[]): ItemOutcome[] {
  return items.flatMap((id) => {
    const row = session.get<ItemRow>("SELECT * FROM countersign_item WHERE id = ? AND state >= 2", numberOf(id));
    if (row === undefined) return [];
    const { attempts, reason } = row;
    if (row.state === 3) return [{ id, status: row.status as ItemOutcome["status"], attempts }];
    return [{ id, status: "dead" as const, ...(reason === null ? {} : { reason }), attempts }];
  });
}
