import type { Burial, DeadLetter } from "./parts.ts";
import { type Entry, itemOf } from "./queue.ts";

/** A dead letter as anybody may see it. */
export function toLetter(entry: Entry): DeadLetter {
  const { reason, message, at } = entry.burial as Burial;
  return { ...itemOf(entry), burial: { reason, message, at }, history: entry.history };
}

/** A new entry under the old name: the order of arrival still holds the old one, as gone. */
export function redriven(old: Entry, sequence: number, now: number): Entry {
  const { burial: _burial, firstAttemptAt: _first, progress: _progress, ...rest } = old;
  return {
    ...rest,
    enqueuedAt: now,
    at: now,
    sequence,
    attempts: 0,
    history: [],
    token: old.token + 1,
    owner: "",
    leasedUntil: 0,
  };
}
