import { createHash } from "node:crypto";
import type { StoredEvent } from "./stored-event.ts";

/** What an event says, in few characters: the same for the same type, severity and data, whenever it is sent. */
export function contentDigest({ type, severity, data }: StoredEvent): string {
  const hash = createHash("sha256").update(`${severity}\0${type}\0`).update(data);
  return hash.digest("base64url").slice(0, 22);
}

/** Whether two events say the same. */
export function sameContent(a: StoredEvent, b: StoredEvent): boolean {
  return a.data === b.data && a.type === b.type && a.severity === b.severity;
}
