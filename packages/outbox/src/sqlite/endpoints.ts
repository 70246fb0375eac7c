import type { EndpointState, EndpointStats, Look, LookAsk, StateChange } from "@countersign/sender";
import { end } from "./finish.ts";
import type { Session } from "./session.ts";

interface EndpointRow {
  readonly generation: number | null;
  readonly version: number;
  readonly disabled: number;
  readonly reason: string | null;
  readonly changed: number | null;
  readonly paused: number;
  readonly breaker: number;
  readonly alone: string | null;
  readonly alone_until: number;
}

/** When an endpoint's first item may be claimed: where it is in hand, when its lease ends. */
const FIRST = {
  due: `min(
    ifnull((SELECT due FROM countersign_item
      WHERE state = 0 AND endpoint = asked.endpoint AND generation = ifnull(known.generation, 1) ORDER BY due LIMIT 1), 9e15),
    ifnull((SELECT due FROM countersign_item WHERE state = 1 AND endpoint = asked.endpoint ORDER BY due LIMIT 1), 9e15))`,
  fifo: `ifnull((SELECT due FROM countersign_item
    WHERE state <= 1 AND endpoint = asked.endpoint AND generation = ifnull(known.generation, 1)
    ORDER BY place LIMIT 1), 9e15)`,
} as const;
const NEVER = 9e15;

/** When endpoints have something to claim, and their state. */
export function look(session: Session, { owner, endpoints }: LookAsk): Look[] {
  const now = session.now();
  const looks: Look[] = [];
  for (const order of ["due", "fifo"] as const) {
    const asked = endpoints.flatMap((one, index) => (one.order === order ? [[index, one.endpoint]] : []));
    if (asked.length === 0) continue;
    const rows = session.all<EndpointRow & { position: number; due: number; held: number | null }>(
      `WITH asked AS (SELECT value ->> 0 AS position, value ->> 1 AS endpoint FROM json_each(?1))
       SELECT asked.position, known.*, ${FIRST[order]} AS due,
         CASE WHEN known.alone <> ?2 THEN
           (SELECT max(due) FROM countersign_item WHERE state = 1 AND endpoint = asked.endpoint AND owner = known.alone)
         END AS held
       FROM asked LEFT JOIN countersign_endpoint AS known ON known.name = asked.endpoint`,
      JSON.stringify(asked),
      owner,
    );
    for (const row of rows) {
      const state = toState(row, now);
      const { endpoint } = endpoints[row.position] as { endpoint: string };
      const others = row.alone === null || row.alone === owner ? 0 : Math.max(row.alone_until, row.held ?? 0);
      const due = Math.max(row.due, row.paused ?? 0, others) - now;
      looks[row.position] = state.disabled || row.due === NEVER ? { endpoint, state } : { endpoint, state, due };
    }
  }
  return looks;
}

function toState(row: EndpointRow, now: number): EndpointState {
  if (row.generation === null) return { generation: 1, version: 0, disabled: false, pausedFor: 0, breaker: false };
  const { generation, version, reason, changed } = row;
  return {
    generation,
    version,
    disabled: row.disabled === 1,
    ...(reason === null ? {} : { reason }),
    ...(changed === null ? {} : { at: changed }),
    pausedFor: Math.max(0, row.paused - now),
    breaker: row.breaker === 1,
  };
}

/** Sets an endpoint's state, if it still has the version that was seen. */
export function setState(session: Session, endpoint: string, version: number, next: StateChange): boolean {
  const now = session.writeNow();
  const { disabled, reason, pausedFor = 0, breaker = false } = next;
  session.run("INSERT INTO countersign_endpoint (name) VALUES (?) ON CONFLICT DO NOTHING", endpoint);
  const set = session.get(
    `UPDATE countersign_endpoint SET version = version + 1, disabled = ?, reason = ?, changed = ?, paused = ?, breaker = ?
     WHERE name = ? AND version = ? RETURNING version`,
    disabled ? 1 : 0,
    reason ?? null,
    now,
    pausedFor === 0 ? 0 : now + Math.ceil(pausedFor),
    breaker ? 1 : 0,
    endpoint,
    version,
  );
  return set !== undefined;
}

/** The endpoint is gone, and what waits for it. How many those were. */
export function remove(session: Session, endpoint: string, generation: number): number {
  const now = session.writeNow();
  session.run("INSERT INTO countersign_endpoint (name) VALUES (?) ON CONFLICT DO NOTHING", endpoint);
  const removed = session.get(
    `UPDATE countersign_endpoint SET generation = generation + 1, version = version + 1, disabled = 0, reason = NULL,
       changed = ?, paused = 0, breaker = 0, alone = NULL, alone_until = 0
     WHERE name = ? AND generation = ? RETURNING generation`,
    now,
    endpoint,
    generation,
  );
  if (removed === undefined) return 0;
  const waiting = session.all<{ id: number }>(
    "SELECT id FROM countersign_item WHERE state = 0 AND endpoint = ? AND generation = ?",
    endpoint,
    generation,
  );
  for (const { id } of waiting) end(session, id, "cancelled", now);
  return waiting.length;
}

/** Counts by state. */
export function stats(session: Session, endpoints: readonly string[] | undefined): EndpointStats[] {
  const now = session.now();
  const all =
    endpoints ??
    session.all<{ endpoint: string }>("SELECT DISTINCT endpoint FROM countersign_item").map((row) => row.endpoint);
  return all.map((endpoint) => {
    const row = session.get(
      `SELECT
         (SELECT count(*) FROM countersign_item WHERE state = 0 AND endpoint = ?1) AS pending,
         (SELECT count(*) FROM countersign_item WHERE state = 1 AND endpoint = ?1) AS claimed,
         (SELECT count(*) FROM countersign_item WHERE state = 2 AND endpoint = ?1) AS dead,
         (SELECT min(due) FROM countersign_item WHERE state = 0 AND endpoint = ?1) AS first`,
      endpoint,
    ) as { pending: number; claimed: number; dead: number; first: number | null };
    const { pending, claimed, dead, first } = row;
    const counts = { endpoint, pending, claimed, dead };
    return first === null || first > now ? counts : { ...counts, overdue: now - first };
  });
}
