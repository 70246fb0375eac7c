import type { ClaimAsk, ClaimedItem, Room } from "@countersign/sender";
import { giveBack } from "./finish.ts";
import { toClaimed } from "./items.ts";
import type { ItemRow, Session } from "./session.ts";

interface Candidate {
  readonly room: Room;
  readonly due: number;
}

/** Takes due items of endpoints with room, the longest-due endpoint first, in the transaction that is open. */
export function claim(session: Session, { owner, total, room }: ClaimAsk): ClaimedItem[] {
  const now = session.writeNow();
  const late = session.all<ItemRow>("SELECT * FROM countersign_item WHERE state = 1 AND due <= ?", now);
  for (const row of late) giveBack(session, row, now);
  const candidates = (["due", "fifo"] as const)
    .flatMap((order) =>
      candidatesOf(
        session,
        room.filter((one) => one.order === order),
        order,
        now,
      ),
    )
    .sort((a, b) => a.due - b.due);
  const taken: ClaimedItem[] = [];
  for (const { room: one } of candidates) {
    if (taken.length >= total) break;
    if (!admits(session, owner, one, now)) continue;
    for (const id of PICKS[one.order](session, { ...one, limit: Math.min(one.limit, total - taken.length) }, now)) {
      const row = session.get<ItemRow>(
        "UPDATE countersign_item SET state = 1, due = ?, owner = ?, token = token + 1 WHERE id = ? RETURNING *",
        now + one.lease,
        owner,
        id,
      );
      taken.push(toClaimed(row as ItemRow, now));
    }
  }
  return taken;
}

/** When each endpoint's first item is due: in strict order it is the oldest, whatever it waits for. */
const FIRST = {
  due: `SELECT due FROM countersign_item WHERE state = 0 AND endpoint = room.endpoint AND generation = room.generation
    ORDER BY due LIMIT 1`,
  fifo: `SELECT CASE state WHEN 0 THEN due END FROM countersign_item
    WHERE state <= 1 AND endpoint = room.endpoint AND generation = room.generation ORDER BY place LIMIT 1`,
} as const;

/** Those of the endpoints that have something due, are of this generation, and neither disabled nor paused. */
function candidatesOf(session: Session, room: readonly Room[], order: Room["order"], now: number): Candidate[] {
  if (room.length === 0) return [];
  const asked = room.map(({ endpoint, generation, early = 0 }) => [endpoint, generation, early]);
  const rows = session.all<{ key: number; due: number }>(
    `WITH room AS (
       SELECT key, value ->> 0 AS endpoint, value ->> 1 AS generation, value ->> 2 AS early FROM json_each(?1)
     ), first AS (
       SELECT room.key, room.early, (${FIRST[order]}) AS due
       FROM room LEFT JOIN countersign_endpoint AS known ON known.name = room.endpoint
       WHERE ifnull(known.generation, 1) = room.generation AND ifnull(known.disabled, 0) = 0
         AND ifnull(known.paused, 0) <= ?2
     )
     SELECT key, due FROM first WHERE due <= ?2 + early`,
    JSON.stringify(asked),
    now,
  );
  return rows.map(({ key, due }) => ({ room: room[key] as Room, due }));
}

/** Whether the endpoint is nobody else's alone, and if it is asked for, this owner's from now on. */
function admits(session: Session, owner: string, { endpoint, exclusive }: Room, now: number): boolean {
  const known = session.get<{ alone: string | null; alone_until: number }>(
    "SELECT alone, alone_until FROM countersign_endpoint WHERE name = ?",
    endpoint,
  );
  const holder = known?.alone ?? owner;
  if (holder !== owner && ((known?.alone_until ?? 0) > now || isHeldBy(session, endpoint, holder, now))) return false;
  if (exclusive === undefined) return true;
  const others = session.get(
    "SELECT 1 AS held FROM countersign_item WHERE state = 1 AND endpoint = ? AND due > ? AND owner <> ? LIMIT 1",
    endpoint,
    now,
    owner,
  );
  if (others !== undefined) return false;
  session.run(
    `INSERT INTO countersign_endpoint (name, alone, alone_until) VALUES (?1, ?2, ?3)
     ON CONFLICT DO UPDATE SET alone = ?2, alone_until = ?3`,
    endpoint,
    owner,
    now + exclusive,
  );
  return true;
}

function isHeldBy(session: Session, endpoint: string, owner: string, now: number): boolean {
  const held = session.get(
    "SELECT 1 AS held FROM countersign_item WHERE state = 1 AND endpoint = ? AND due > ? AND owner = ? LIMIT 1",
    endpoint,
    now,
    owner,
  );
  return held !== undefined;
}

type Pick = (session: Session, room: Room, now: number) => number[];

/** Which items to take. An interrupted batch comes whole, with its first. */
const PICKS: Readonly<Record<Room["order"], Pick>> = {
  due(session, { endpoint, generation, limit, early = 0 }, now) {
    const rows = session.all<{ id: number; lead: number | null }>(
      `SELECT id, lead FROM countersign_item
       WHERE state = 0 AND endpoint = ? AND generation = ? AND due <= ? AND ifnull(lead, id) = id
       ORDER BY due, place LIMIT ?`,
      endpoint,
      generation,
      now + early,
      limit,
    );
    const ids: number[] = [];
    for (const { id, lead } of rows) {
      if (ids.length >= limit) break;
      if (lead === null) ids.push(id);
      else ids.push(...membersOf(session, lead));
    }
    return ids;
  },

  fifo(session, { endpoint, generation, limit, early = 0 }, now) {
    const rows = session.all<{ id: number; state: number; due: number }>(
      `SELECT id, state, due FROM countersign_item
       WHERE state <= 1 AND endpoint = ? AND generation = ? ORDER BY place LIMIT ?`,
      endpoint,
      generation,
      limit,
    );
    const end = rows.findIndex(({ state, due }) => state === 1 || due > now + early);
    return (end === -1 ? rows : rows.slice(0, end)).map(({ id }) => id);
  },
};

function membersOf(session: Session, lead: number): number[] {
  return session
    .all<{ id: number }>("SELECT id FROM countersign_item WHERE lead = ? AND state = 0 ORDER BY place", lead)
    .map(({ id }) => id);
}
