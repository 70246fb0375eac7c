import type { ItemOutcome, ListAsk, Page, RedriveAsk, Redriven } from "@countersign/sender";
import { end, generationOf } from "./finish.ts";
import { attemptsOf, numberOf, toItem } from "./items.ts";
import type { ItemRow, Session } from "./session.ts";

/** A page of what waits or is dead. */
export function list(session: Session, { state, endpoint, limit, cursor }: ListAsk): Page {
  const after = cursor === undefined ? -1 : numberOf(cursor);
  const rows = LISTS[state](session, after, limit + 1, endpoint);
  const page = { items: rows.slice(0, limit).map((row) => (state === "dead" ? toLetter(session, row) : toItem(row))) };
  const last = rows[limit - 1];
  if (rows.length <= limit || last === undefined) return page;
  return { ...page, cursor: String(state === "dead" ? last.rank : last.place) };
}

type List = (session: Session, after: number, limit: number, endpoint: string | undefined) => ItemRow[];

const LISTS: Readonly<Record<ListAsk["state"], List>> = {
  dead: (session, after, limit, endpoint) =>
    session.all<ItemRow>(
      `SELECT * FROM countersign_item WHERE state = 2 AND rank > ? ${endpoint === undefined ? "" : "AND endpoint = ?"}
       ORDER BY rank LIMIT ?`,
      after,
      ...(endpoint === undefined ? [] : [endpoint]),
      limit,
    ),
  // By the index that strict order needs, endpoint after endpoint: one of its own would be one more page of each commit.
  waiting: (session, after, limit, endpoint) =>
    session.all<ItemRow>(
      `WITH RECURSIVE asked (name) AS (
         SELECT ${endpoint === undefined ? "(SELECT endpoint FROM countersign_item WHERE state <= 1 ORDER BY endpoint LIMIT 1)" : "?3"}
         ${endpoint === undefined ? AND_THE_NEXT : ""}
       )
       SELECT item.* FROM asked JOIN countersign_item AS item ON item.id IN (
         SELECT id FROM countersign_item WHERE state <= 1 AND state = 0 AND endpoint = asked.name AND place > ?1
           AND generation = ifnull((SELECT generation FROM countersign_endpoint WHERE name = asked.name), 1)
         ORDER BY place LIMIT ?2)
       ORDER BY item.place LIMIT ?2`,
      after,
      limit,
      ...(endpoint === undefined ? [] : [endpoint]),
    ),
};

const AND_THE_NEXT = `UNION ALL
  SELECT (SELECT endpoint FROM countersign_item WHERE state <= 1 AND endpoint > asked.name ORDER BY endpoint LIMIT 1)
  FROM asked WHERE asked.name IS NOT NULL`;

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
