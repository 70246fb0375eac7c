import type { Placed, Placement, Placing } from "@countersign/sender";
import { digestOf, nameOf, writeEvent } from "../rows/events.ts";
import { HELD_BACK, isHeldBack } from "./ordering.ts";
import type { Session } from "./session.ts";

/** An event as its rows have it. */
interface Written {
  readonly text: string;
  readonly name: string | null;
  readonly digest: string;
  readonly ordering: string | null;
}

/** Places events, in the transaction that is open; in the order of a key where there is one. */
export function enqueue(session: Session, events: readonly Placing[], ordering: string | null = null): Placed[][] {
  const places = events.reduce((sum, { placements }) => sum + placements.length, 0);
  if (places === 0) return events.map(() => []);
  // First of all, so that the write lock is ours before anything is read.
  const { first, now } = session.forItems(places);
  let id = first;
  const gone = generations(session, events);
  return events.map(({ event, placements }) => {
    const written = { text: writeEvent(event), name: nameOf(event), digest: digestOf(event), ordering };
    return placements.map((placement) => {
      if (gone(placement)) return { endpoint: placement.endpoint, item: "", created: false, removed: true };
      return place(session, written, placement, id++, now);
    });
  });
}

/** Whether a placement's endpoint is another by now. */
function generations(session: Session, events: readonly Placing[]): (placement: Placement) => boolean {
  const names = new Set(events.flatMap(({ placements }) => placements.map(({ endpoint }) => endpoint)));
  const current = new Map<string, number>();
  for (const name of names) {
    const row = session.get<{ generation: number }>("SELECT generation FROM countersign_endpoint WHERE name = ?", name);
    current.set(name, row?.generation ?? 1);
  }
  return ({ endpoint, generation }) => current.get(endpoint) !== generation;
}

function place(
  session: Session,
  { text, name, digest, ordering }: Written,
  { endpoint, generation, delay = 0 }: Placement,
  id: number,
  now: number,
): Placed {
  const created = session.get(
    `INSERT INTO countersign_item (id, place, endpoint, generation, name, digest, event, state, due, enqueued, ordering)
     VALUES (?1, ?1, ?2, ?3, ?4, ?5, ?6, 0, ?7, ?8, ?9) 
     ON CONFLICT (endpoint, generation, name) WHERE name IS NOT NULL DO NOTHING RETURNING id`,
    id,
    endpoint,
    generation,
    name,
    digest,
    text,
    isHeldBack(session, { endpoint, generation, ordering }) ? HELD_BACK : now + Math.ceil(delay),
    now,
    ordering,
  );
  if (created !== undefined) return { endpoint, item: String(id), created: true };
  const known = session.get<{ id: number; digest: string }>(
    "SELECT id, digest FROM countersign_item WHERE endpoint = ? AND generation = ? AND name = ?",
    endpoint,
    generation,
    name,
  );
  return { endpoint, item: String(known?.id), created: false, conflict: known?.digest !== digest };
}
