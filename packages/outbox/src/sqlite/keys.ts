import type { Placing } from "@countersign/sender";
import { enqueue } from "./enqueue.ts";
import type { Session } from "./session.ts";

/** Those of the keys that are known. */
export function known(session: Session, keys: readonly string[]): string[] {
  const now = session.now();
  const sql = "SELECT name FROM countersign_key WHERE name = ? AND expires > ?";
  return keys.filter((key) => session.get(sql, key, now) !== undefined);
}

/** Enqueues under keys, unless one is known; in the transaction that is open. */
export function keepOnce(
  session: Session,
  keys: readonly string[],
  ttl: number,
  placing: Placing,
  ordering?: string,
): boolean {
  const now = session.writeNow();
  const isNew = known(session, keys).length === 0;
  for (const key of keys) {
    session.run(
      "INSERT INTO countersign_key VALUES (?1, ?2) ON CONFLICT DO UPDATE SET expires = max(expires, ?2)",
      key,
      now + ttl,
    );
  }
  session.run(
    "DELETE FROM countersign_key WHERE name IN (SELECT name FROM countersign_key WHERE expires <= ? LIMIT 4)",
    now,
  );
  if (isNew) enqueue(session, [placing], ordering);
  return isNew;
}
