import type { StoredEvent } from "../../event/stored-event.ts";
import type { Burial, ClaimedItem, DeadLetter, OutboxItem, Progress } from "../parts.ts";
import type { AttemptRecord } from "../record.ts";
import type { Due } from "./heap.ts";

const PREFIX = "item_";

/** An item as the memory outbox keeps it. */
export class Entry implements Due {
  readonly id: string;
  /** Counts the items, from 1: what its id is made of. */
  readonly number: number;
  readonly endpoint: string;
  readonly generation: number;
  readonly event: StoredEvent;
  readonly enqueuedAt: number;
  /** Its place in the order of arrival; -1 once it has left it. */
  sequence: number;
  at: number;
  /** Where the heap of those that wait has it; -1 while it does not wait. */
  place = -1;
  attempts = 0;
  firstAttemptAt: number | undefined = undefined;
  history: readonly AttemptRecord[] = NONE;
  progress: Progress | undefined = undefined;
  /** Whether it is claimed. */
  inHand = false;
  token = 0;
  owner = "";
  leasedUntil = 0;
  burial: (Burial & { readonly sequence: number }) | undefined = undefined;

  constructor(
    number: number,
    sequence: number,
    where: { readonly endpoint: string; readonly generation: number },
    event: StoredEvent,
    now: number,
    delay: number,
  ) {
    this.id = PREFIX + number;
    this.number = number;
    this.endpoint = where.endpoint;
    this.generation = where.generation;
    this.event = event;
    this.enqueuedAt = now;
    this.sequence = sequence;
    this.at = now + delay;
  }
}

const NONE: readonly AttemptRecord[] = [];

/** The number of which the id is made; NaN for what is none of ours. */
export function numberOf(id: string): number {
  return id.startsWith(PREFIX) ? Number(id.slice(PREFIX.length)) : Number.NaN;
}

/** A new entry under the old name: the order of arrival still holds the old one, as gone. */
export function redriven(old: Entry, sequence: number, now: number): Entry {
  const entry = new Entry(old.number, sequence, old, old.event, now, 0);
  entry.token = old.token + 1;
  return entry;
}

/** What a claim gives of an entry. Optional fields only where they are. */
export function claimOf(entry: Entry, now: number): ClaimedItem {
  const { id, endpoint, generation, event, enqueuedAt, attempts, token, firstAttemptAt, progress } = entry;
  const item = { id, endpoint, generation, event, enqueuedAt, attempts, token, age: now - enqueuedAt };
  if (firstAttemptAt === undefined && progress === undefined) return item;
  return {
    ...item,
    ...(progress === undefined ? {} : { progress }),
    ...(firstAttemptAt === undefined ? {} : { tried: now - firstAttemptAt }),
  };
}

/** What anybody may see of an entry. */
export function itemOf({ id, endpoint, generation, event, enqueuedAt, attempts, progress }: Entry): OutboxItem {
  const item = { id, endpoint, generation, event, enqueuedAt, attempts };
  return progress === undefined ? item : { ...item, progress };
}

/** A dead letter as anybody may see it. */
export function letterOf(entry: Entry): DeadLetter {
  const { reason, message, at } = entry.burial as Burial;
  return { ...itemOf(entry), burial: { reason, message, at }, history: entry.history };
}
