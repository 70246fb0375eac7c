import { contentDigest, sameContent } from "../event/digest.ts";
import type { StoredEvent } from "../event/stored-event.ts";
import { DueHeap } from "./heap.ts";
import type { Burial, ClaimedItem, EndpointState, OutboxItem, Progress, Room } from "./parts.ts";
import type { Placed } from "./placing.ts";
import { Recent } from "./recent.ts";
import type { AttemptRecord } from "./record.ts";

/** An item as the memory outbox keeps it. */
export interface Entry extends Omit<OutboxItem, "attempts" | "progress" | "enqueuedAt"> {
  enqueuedAt: number;
  /** Its place in the order of arrival; -1 once it has left it. */
  sequence: number;
  at: number;
  attempts: number;
  firstAttemptAt?: number;
  history: readonly AttemptRecord[];
  progress?: Progress;
  token: number;
  owner: string;
  leasedUntil: number;
  burial?: Burial & { readonly sequence: number };
}

/** An event that has left the queue: the item that it was, and a digest of its content. */
interface Known {
  readonly item: string;
  readonly digest: string;
}

/** One endpoint's items: waiting by due time, claimed by age of the claim, dead by age. */
export class EndpointQueue {
  readonly waiting = new DueHeap<Entry>();
  readonly claimed = new Map<string, Entry>();
  readonly dead = new Map<string, Entry>();
  readonly #byEvent = new Map<string, Entry>();
  #recent: Recent<Known>;
  readonly #remembered: number;
  state: Omit<EndpointState, "pausedFor"> = { generation: 1, version: 0, disabled: false, breaker: false };
  pausedUntil = 0;
  /** Whose alone it is, and until when. */
  #alone = { owner: "", until: 0 };
  /**
   * In order of arrival, from `#head` on; only for who asks for that order. What has left it at its front is passed once,
   * and swept when it is half of all; what has left it elsewhere is skipped.
   */
  #arrivals: Entry[] | undefined;
  #head = 0;
  #gone = 0;

  constructor(remembered: number) {
    this.#remembered = remembered;
    this.#recent = new Recent(remembered);
  }

  get size(): number {
    return this.waiting.size + this.claimed.size;
  }

  add(entry: Entry): void {
    if (!entry.event.generated) this.#byEvent.set(entry.event.id, entry);
    this.waiting.push(entry);
    this.#arrivals?.push(entry);
  }

  /** The item that this event already is, and whether it has other content. */
  known(event: StoredEvent): Pick<Placed, "item" | "conflict"> | undefined {
    if (event.generated) return undefined;
    const entry = this.#byEvent.get(event.id);
    if (entry !== undefined) return { item: entry.id, conflict: !sameContent(entry.event, event) };
    const done = this.#recent.get(event.id);
    return done === undefined ? undefined : { item: done.item, conflict: done.digest !== contentDigest(event) };
  }

  /** The due items, taken out of those that wait. */
  take({ order, limit, early = 0 }: Room, now: number): Entry[] {
    const horizon = now + early;
    const found: Entry[] = [];
    if (order === "fifo") {
      for (const entry of this.#inOrder()) {
        if (found.length >= limit || entry.at > horizon || this.claimed.has(entry.id)) break;
        found.push(entry);
      }
      for (const entry of found) this.#takeOut(entry);
      return found;
    }
    while (found.length < limit) {
      const first = this.waiting.peek();
      if (first === undefined || first.at > horizon) break;
      found.push(this.waiting.pop() as Entry);
      for (const id of first.progress?.items ?? []) this.#takeMember(id, found);
    }
    return found;
  }

  /** A batch that was interrupted comes whole. */
  #takeMember(id: string, found: Entry[]): void {
    if (found.some((entry) => entry.id === id)) return;
    const member = [...this.waiting.values()].find((entry) => entry.id === id);
    if (member === undefined) return;
    this.waiting.remove(member);
    found.push(member);
  }

  #takeOut(entry: Entry): void {
    if (this.waiting.peek() === entry) this.waiting.pop();
    else this.waiting.remove(entry);
  }

  /** Back from a claim to waiting. */
  putBack(entry: Entry, at: number): void {
    this.claimed.delete(entry.id);
    entry.at = at;
    this.waiting.push(entry);
  }

  /** Leases that have ended count as none. Claims are in the order in which they end, except for a few. */
  expire(now: number, cancel: (entry: Entry) => void): void {
    for (const entry of this.claimed.values()) {
      if (entry.leasedUntil > now) return;
      entry.token += 1;
      if (entry.generation === this.state.generation) this.putBack(entry, now);
      else cancel(entry);
    }
  }

  /** When there is something to claim; may lie in the past. */
  nextDue(order: "due" | "fifo", owner: string): number | undefined {
    if (this.state.disabled) return undefined;
    const due = this.#firstDue(order);
    return due === undefined ? undefined : Math.max(due, this.pausedUntil, this.#othersUntil(owner));
  }

  #firstDue(order: "due" | "fifo"): number | undefined {
    const lease = this.claimed.values().next().value?.leasedUntil;
    if (order === "fifo") {
      const head = this.#inOrder().next().value;
      if (head === undefined) return undefined;
      return this.claimed.has(head.id) ? head.leasedUntil : head.at;
    }
    const due = this.waiting.peek()?.at;
    if (due === undefined) return lease;
    return lease === undefined ? due : Math.min(due, lease);
  }

  /** Until when the endpoint is somebody else's alone. */
  #othersUntil(owner: string): number {
    const { owner: holder, until } = this.#alone;
    if (holder === "" || holder === owner) return 0;
    let last = until;
    for (const entry of this.claimed.values()) if (entry.owner === holder) last = Math.max(last, entry.leasedUntil);
    return last;
  }

  /** Whether this owner may claim, and if he asks for it, nobody else from now on. */
  admits(owner: string, { exclusive, generation }: Room, now: number): boolean {
    const { state } = this;
    if (state.disabled || state.generation !== generation || this.pausedUntil > now) return false;
    if (this.#othersUntil(owner) > now) return false;
    if (exclusive === undefined) return true;
    for (const entry of this.claimed.values()) if (entry.owner !== owner && entry.leasedUntil > now) return false;
    this.#alone = { owner, until: now + exclusive };
    return true;
  }

  /** The entry has left the queue for good, and is remembered. */
  forget(entry: Entry): void {
    if (this.#byEvent.get(entry.event.id) === entry) {
      this.#byEvent.delete(entry.event.id);
      this.#recent.add(entry.event.id, { item: entry.id, digest: contentDigest(entry.event) });
    }
    this.leave(entry);
  }

  /** A letter that is redriven: another entry takes its name. */
  replace(entry: Entry): void {
    this.#byEvent.delete(entry.event.id);
  }

  /** The entry is no longer in the order of arrival. */
  leave(entry: Entry): void {
    if (entry.sequence === -1) return;
    entry.sequence = -1;
    if (this.#arrivals === undefined) return;
    this.#gone += 1;
    if (this.#gone > 64 && this.#gone * 2 > this.#arrivals.length) {
      this.#arrivals = this.#arrivals.filter((one) => one.sequence !== -1);
      this.#gone = 0;
      this.#head = 0;
    }
  }

  /** Another endpoint has the name from now on. What is in hand no longer holds anybody back. */
  startAnew(): void {
    const { generation, version } = this.state;
    this.state = { generation: generation + 1, version: version + 1, disabled: false, breaker: false };
    this.pausedUntil = 0;
    this.#alone = { owner: "", until: 0 };
    this.#byEvent.clear();
    this.#recent = new Recent(this.#remembered);
    for (const entry of this.claimed.values()) this.leave(entry);
  }

  *#inOrder(): Generator<Entry, undefined> {
    this.#arrivals ??= [...this.waiting.values(), ...this.claimed.values()]
      .filter((entry) => entry.sequence !== -1)
      .sort((a, b) => a.sequence - b.sequence);
    while (this.#arrivals[this.#head]?.sequence === -1) this.#head += 1;
    for (let index = this.#head; index < this.#arrivals.length; index += 1) {
      const entry = this.#arrivals[index] as Entry;
      if (entry.sequence !== -1) yield entry;
    }
    return undefined;
  }
}

/** What a claim gives of an entry. Optional fields only where they are. */
export function claimOf(entry: Entry, now: number): ClaimedItem {
  const { token, firstAttemptAt, enqueuedAt } = entry;
  return {
    ...itemOf(entry),
    token,
    age: now - enqueuedAt,
    ...(firstAttemptAt === undefined ? {} : { tried: now - firstAttemptAt }),
  };
}

/** What anybody may see of an entry. */
export function itemOf({ id, endpoint, generation, event, enqueuedAt, attempts, progress }: Entry): OutboxItem {
  const item = { id, endpoint, generation, event, enqueuedAt, attempts };
  return progress === undefined ? item : { ...item, progress };
}
