import { createHash } from "node:crypto";
import type { StoredEvent } from "@countersign/sender";

/**
 * An event as one text. JSON escapes what databases cannot keep: U+0000, and halves of characters.
 */
export function writeEvent(event: StoredEvent): string {
  const { id, generated, type, severity, time, data, trace } = event;
  const fields = [id, generated, type, severity, time, data];
  return JSON.stringify(trace === undefined ? fields : [...fields, trace]);
}

/** The event again, byte for byte. */
export function readEvent(text: string): StoredEvent {
  const [id, generated, type, severity, time, data, trace] = JSON.parse(text);
  const event = { id, generated, type, severity, time, data };
  return trace === undefined ? event : { ...event, trace };
}

/** What an event says, in few characters: the same for the same type, severity and data, whenever it is sent. */
export function digestOf({ type, severity, data }: StoredEvent): string {
  return createHash("sha256").update(`${severity}\0${type}\0`).update(data).digest("base64url").slice(0, 22);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what it looks for.
const UNKEEPABLE = /[\p{Surrogate}\u0000]/u;

/** The name by which an event is known again; none for one that nobody can send twice. */
export function nameOf({ id, generated }: StoredEvent): string | null {
  if (generated) return null;
  // As JSON escapes it: two ids that a database would take for one stay two.
  return UNKEEPABLE.test(id) ? JSON.stringify(id) : id;
}
