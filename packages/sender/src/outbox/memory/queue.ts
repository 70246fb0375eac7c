import { contentDigest, sameContent } from "../../event/digest.ts";
import { type StoredEvent, sizeOf } from "../../event/stored-event.ts";
import { ChurnMap } from "../../lib/churn-map.ts";
import type { EndpointState, Room } from "../parts.ts";
import type { Placed } from "../placing.ts";
import { Arrivals } from "./arrivals.ts";
import { DueHeap } from "./heap.ts";
import type { Entry } from "./items.ts";
import { Recent } from "./recent.ts";

/** An event that has left the queue: the item that it was, and a digest of its content. */
interface Known {
  readonly item: string;
  readonly digest: string;
}

/** A sum that several queues add to. */
export interface Weight {
  bytes: number;
}

/** One endpoint's items: waiting by due time, claimed by age of the claim, dead by age. */
export class EndpointQueue {
  readonly waiting = new DueHeap<Entry>();
  readonly claimed = new ChurnMap<string, Entry>();
  readonly dead = new Map<string, Entry>();
  /** What those that wait or are claimed weigh. */
  bytes = 0;
  /** The same of the dead. */
  deadBytes = 0;
  #byEvent = new ChurnMap<string, Entry>();
  #recent: Recent<Known>;
  readonly #remembered: number;
  readonly #all: Weight;
  state: Omit<EndpointState, "pausedFor"> = { generation: 1, version: 0, disabled: false, breaker: false };
  pausedUntil = 0;
  /** Whose alone it is, and until when. */
  #alone = { owner: "", until: 0 };
  /** Only for who asks for that order. */
  #arrivals: Arrivals<Entry> | undefined;

  /** @param all what the queues of all endpoints weigh */
  constructor(remembered: number, all: Weight) {
    this.#remembered = remembered;
    this.#all = all;
    this.#recent = new Recent(remembered);
  }

  get size(): number {
    return this.waiting.size + this.claimed.size;
  }

  add(entry: Entry): void {
    if (!entry.event.generated) this.#byEvent.set(entry.event.id, entry);
    this.#weigh(sizeOf(entry.event));
    this.waiting.push(entry);
    this.#arrivals?.add(entry);
  }

  /** The item that this event already is, and whether it has other content. */
  known(event: StoredEvent): Pick<Placed, "item" | "conflict"> | undefined {
    if (event.generated) return undefined;
    const entry = this.#byEvent.get(event.id);
    if (entry !== undefined) return { item: entry.id, conflict: !sameContent(entry.event, event) };
    const done = this.#recent.get(event.id);
    return done === undefined ? undefined : { item: done.item, conflict: done.digest !== contentDigest(event) };
  }

  /**
   * The due items, taken out of those that wait.
   *
   * @param find an item by its name
   */
  take({ order, early = 0 }: Room, limit: number, now: number, find: (id: string) => Entry | undefined): Entry[] {
    const horizon = now + early;
    const found: Entry[] = [];
    if (order === "fifo") {
      for (const entry of this.#inOrder().values()) {
        if (found.length >= limit || entry.at > horizon || entry.inHand) break;
        found.push(entry);
      }
      for (const entry of found) this.waiting.remove(entry);
      return found;
    }
    while (found.length < limit) {
      const first = this.waiting.peek();
      if (first === undefined || first.at > horizon) break;
      this.waiting.remove(first);
      found.push(first);
      if (first.progress !== undefined) this.#takeBatch(first.progress.items, found, find);
    }
    return found;
  }

  /** A batch that was interrupted comes whole. */
  #takeBatch(items: readonly string[], found: Entry[], find: (id: string) => Entry | undefined): void {
    for (const id of items) {
      const member = find(id);
      if (member === undefined || member.place === -1) continue;
      this.waiting.remove(member);
      found.push(member);
    }
  }

  /** To somebody who has claimed it. */
  hand(entry: Entry): void {
    entry.inHand = true;
    this.claimed.set(entry.id, entry);
  }

  /** The claim counts no more. */
  takeBack(entry: Entry): void {
    if (!entry.inHand) return;
    entry.inHand = false;
    this.claimed.delete(entry.id);
  }

  /** Back from a claim to waiting. */
  putBack(entry: Entry, at: number): void {
    this.takeBack(entry);
    entry.at = at;
    this.waiting.push(entry);
  }

  /** Leases that have ended count as none. Claims are in the order in which they end, except for a few. */
  expire(now: number, cancel: (entry: Entry) => void): void {
    if (this.claimed.size === 0) return;
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
    if (order === "fifo") {
      const head = this.#inOrder().first();
      if (head === undefined) return undefined;
      return head.inHand ? head.leasedUntil : head.at;
    }
    const due = this.waiting.peek()?.at;
    if (this.claimed.size === 0) return due;
    const lease = this.claimed.values().next().value?.leasedUntil as number;
    return due === undefined ? lease : Math.min(due, lease);
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

  /** The entry has left for good, and is remembered. */
  forget(entry: Entry): void {
    const { event } = entry;
    if (!event.generated && this.#byEvent.get(event.id) === entry) {
      this.#byEvent.delete(event.id);
      this.#recent.add(event.id, { item: entry.id, digest: contentDigest(event) });
    }
    this.leave(entry);
  }

  /** A letter that is redriven: another entry takes its name. */
  replace(entry: Entry): void {
    this.#byEvent.delete(entry.event.id);
  }

  /** The entry neither waits nor is claimed any more. */
  leave(entry: Entry): void {
    if (entry.sequence === -1) return;
    entry.sequence = -1;
    this.#weigh(-sizeOf(entry.event));
    this.#arrivals?.left();
  }

  /** Another endpoint has the name from now on. What is in hand no longer holds anybody back. */
  startAnew(): void {
    const { generation, version } = this.state;
    this.state = { generation: generation + 1, version: version + 1, disabled: false, breaker: false };
    this.pausedUntil = 0;
    this.#alone = { owner: "", until: 0 };
    this.#byEvent = new ChurnMap();
    this.#recent = new Recent(this.#remembered);
    for (const entry of this.claimed.values()) this.leave(entry);
  }

  #weigh(more: number): void {
    this.bytes += more;
    this.#all.bytes += more;
  }

  #inOrder(): Arrivals<Entry> {
    this.#arrivals ??= new Arrivals([...this.waiting.values(), ...this.claimed.values()]);
    return this.#arrivals;
  }
}
