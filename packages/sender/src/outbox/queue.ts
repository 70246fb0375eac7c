import type { StoredEvent } from "../event/stored-event.ts";
import { DueHeap } from "./heap.ts";
import type { Burial, ClaimedItem, ClaimRequest, EndpointState, OutboxItem, Progress } from "./outbox.ts";
import { Recent } from "./recent.ts";
import type { AttemptRecord } from "./record.ts";

/** An item as the memory outbox keeps it. */
export interface Entry extends OutboxItem {
  readonly event: StoredEvent;
  enqueuedAt: number;
  sequence: number;
  at: number;
  attempts: number;
  firstAttemptAt?: number;
  history: readonly AttemptRecord[];
  progress?: Progress;
  lease: string;
  leasedUntil: number;
  burial?: Burial;
}

const ENABLED: EndpointState = Object.freeze({ disabled: false });

/** One endpoint's items: waiting by due time, claimed by age of the claim, dead by age. */
export class EndpointQueue {
  readonly waiting = new DueHeap<Entry>();
  readonly claimed = new Map<string, Entry>();
  readonly dead = new Map<string, Entry>();
  readonly byEvent = new Map<string, string>();
  readonly recent: Recent;
  state: EndpointState = ENABLED;
  /**
   * In order of arrival, from `#head` on; only for who asks for that order. What has left it at its front is passed once,
   * and swept when it is half of all; what has left it elsewhere is skipped.
   */
  #arrivals: Entry[] | undefined;
  #head = 0;
  #gone = 0;

  constructor(remembered: number) {
    this.recent = new Recent(remembered);
  }

  get size(): number {
    return this.waiting.size + this.claimed.size;
  }

  add(entry: Entry): void {
    this.waiting.push(entry);
    this.#arrivals?.push(entry);
  }

  claim(request: ClaimRequest, makeLease: () => string): ClaimedItem[] {
    this.expire(request.now);
    const taken: ClaimedItem[] = [];
    for (const entry of this.#candidates(request)) {
      entry.lease = makeLease();
      entry.leasedUntil = request.now + request.lease;
      this.claimed.set(entry.id, entry);
      taken.push(claimOf(entry));
    }
    return taken;
  }

  /** The items to take, already out of the heap. */
  #candidates(request: ClaimRequest): Entry[] {
    if (request.ids !== undefined) {
      const wanted = new Set(request.ids);
      const found = [...this.waiting.values()].filter((entry) => wanted.has(entry.id));
      found.sort((a, b) => a.sequence - b.sequence);
      return this.#takeOut(found.slice(0, request.limit));
    }
    if (request.order === "fifo") {
      const found: Entry[] = [];
      for (const entry of this.#inOrder()) {
        if (found.length >= request.limit || entry.at > request.now || this.claimed.has(entry.id)) break;
        found.push(entry);
      }
      return this.#takeOut(found);
    }
    const found: Entry[] = [];
    while (found.length < request.limit) {
      const first = this.waiting.peek();
      if (first === undefined || first.at > request.now) break;
      found.push(this.waiting.pop() as Entry);
    }
    return found;
  }

  #takeOut(entries: Entry[]): Entry[] {
    for (const entry of entries) {
      if (this.waiting.peek() === entry) this.waiting.pop();
      else this.waiting.remove(entry);
    }
    return entries;
  }

  /** Back from a claim to waiting. */
  putBack(entry: Entry, at: number): void {
    this.claimed.delete(entry.id);
    entry.lease = "";
    entry.at = at;
    this.waiting.push(entry);
  }

  /** Leases that have ended count as none. Claims are in the order in which they end, except for a few. */
  expire(now: number): void {
    for (const entry of this.claimed.values()) {
      if (entry.leasedUntil > now) return;
      this.putBack(entry, now);
    }
  }

  nextDue(order: "due" | "fifo"): number | undefined {
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

  /** The entry has left the queue, for whatever reason. */
  forget(entry: Entry): void {
    entry.lease = "";
    entry.sequence = -1;
    if (this.#arrivals === undefined) return;
    this.#gone += 1;
    if (this.#gone > 64 && this.#gone * 2 > this.#arrivals.length) {
      this.#arrivals = this.#arrivals.filter((one) => one.sequence !== -1);
      this.#gone = 0;
      this.#head = 0;
    }
  }

  *#inOrder(): Generator<Entry, undefined> {
    this.#arrivals ??= [...this.waiting.values(), ...this.claimed.values()].sort((a, b) => a.sequence - b.sequence);
    while (this.#arrivals[this.#head]?.sequence === -1) this.#head += 1;
    for (let index = this.#head; index < this.#arrivals.length; index += 1) {
      const entry = this.#arrivals[index] as Entry;
      if (entry.sequence !== -1) yield entry;
    }
    return undefined;
  }
}

/** A copy without the queue's own fields. Optional ones only where they are. */
function claimOf(entry: Entry): ClaimedItem {
  const { id, endpoint, event, enqueuedAt, attempts, history, lease } = entry;
  if (attempts === 0 && entry.progress === undefined) {
    return { id, endpoint, event, enqueuedAt, attempts, history, lease };
  }
  return { ...entry };
}
