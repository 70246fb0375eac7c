import { checkFunction, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import { contentDigest, sameContent } from "../event/digest.ts";
import type { StoredEvent } from "../event/stored-event.ts";
import {
  type Burial,
  type ClaimedItem,
  type ClaimRequest,
  type DeadLetter,
  type DeadLetterQuery,
  type EndpointState,
  type EndpointStats,
  type Outbox,
  OutboxFull,
  type OutboxItem,
  type Placed,
  type Placement,
  type RetryPlan,
  remember,
} from "./outbox.ts";
import { EndpointQueue, type Entry } from "./queue.ts";
import type { AttemptRecord } from "./record.ts";

/** How much a memory outbox keeps, for each endpoint. */
export interface MemoryOutboxOptions {
  /** Events that may wait for one endpoint, so that a dead endpoint cannot take another's room. @default 100_000 */
  readonly capacity?: number;
  /** Dead letters that are kept for one endpoint; beyond, the oldest is forgotten. @default 10_000 */
  readonly deadLetters?: number;
  /** Ids of finished events that are remembered for each endpoint, at least. @default 10_000 */
  readonly remembered?: number;
  /** Told of each dead letter that is forgotten because there is no room. */
  readonly onForgotten?: (letter: DeadLetter) => void;
}

const KEYS: KeysOf<MemoryOutboxOptions> = {
  capacity: "optional",
  deadLetters: "optional",
  remembered: "optional",
  onForgotten: "optional",
};

/**
 * An outbox that lives as long as the process: what waits in it is lost with it. For tests, for events that may be
 * lost, and as the model for durable ones.
 *
 * @throws ConfigurationError when an option is unknown or out of its range
 *
 * @example
 * ```ts
 * import { createSender, memoryOutbox } from "@countersign/sender";
 * const sender = createSender({ endpoints: [], outbox: memoryOutbox({ capacity: 1_000 }) });
 * ```
 */
export function memoryOutbox(options: MemoryOutboxOptions = {}): Outbox {
  checkOptions(options, KEYS, "memoryOutbox");
  const capacity = checkInteger(options.capacity ?? 100_000, "memoryOutbox.capacity", 1, 10_000_000);
  const mostDead = checkInteger(options.deadLetters ?? 10_000, "memoryOutbox.deadLetters", 0, 10_000_000);
  const remembered = checkInteger(options.remembered ?? 10_000, "memoryOutbox.remembered", 0, 10_000_000);
  const onForgotten = checkFunction(options.onForgotten, "memoryOutbox.onForgotten");
  return new MemoryOutbox(capacity, mostDead, remembered, onForgotten);
}

class MemoryOutbox implements Outbox {
  readonly #queues = new Map<string, EndpointQueue>();
  readonly #entries = new Map<string, Entry>();
  readonly #capacity: number;
  readonly #mostDead: number;
  readonly #remembered: number;
  readonly #onForgotten: ((letter: DeadLetter) => void) | undefined;
  #count = 0;
  #closed = false;

  constructor(capacity: number, mostDead: number, remembered: number, onForgotten?: (letter: DeadLetter) => void) {
    this.#capacity = capacity;
    this.#mostDead = mostDead;
    this.#remembered = remembered;
    this.#onForgotten = onForgotten;
  }

  async enqueue(event: StoredEvent, placements: readonly Placement[], now: number): Promise<readonly Placed[]> {
    this.#check();
    for (const { endpoint } of placements) {
      const queue = this.#queue(endpoint);
      if (queue.size >= this.#capacity && this.#known(queue, event) === undefined) throw new OutboxFull(endpoint);
    }
    return placements.map(({ endpoint, at }) => {
      const queue = this.#queue(endpoint);
      const known = this.#known(queue, event);
      if (known !== undefined) return { endpoint, created: false, ...known };
      const id = `item_${++this.#count}`;
      const entry: Entry = {
        id,
        endpoint,
        event,
        enqueuedAt: now,
        sequence: this.#count,
        at,
        attempts: 0,
        history: [],
        lease: "",
        leasedUntil: 0,
      };
      this.#entries.set(id, entry);
      if (!event.generated) queue.byEvent.set(event.id, id);
      queue.add(entry);
      return { endpoint, item: id, created: true };
    });
  }

  async claim(request: ClaimRequest): Promise<readonly ClaimedItem[]> {
    this.#check();
    return this.#queue(request.endpoint).claim(request, () => `lease_${++this.#count}`);
  }

  async extend(item: ClaimedItem, until: number): Promise<boolean> {
    const entry = this.#held(item);
    if (entry === undefined) return false;
    entry.leasedUntil = until;
    const { claimed } = this.#queue(entry.endpoint);
    claimed.delete(entry.id);
    claimed.set(entry.id, entry);
    return true;
  }

  async done(item: ClaimedItem): Promise<boolean> {
    const entry = this.#held(item);
    if (entry === undefined) return false;
    const queue = this.#queue(entry.endpoint);
    queue.claimed.delete(entry.id);
    if (!entry.event.generated) {
      queue.recent.add(entry.event.id, { item: entry.id, digest: contentDigest(entry.event) });
    }
    this.#drop(queue, entry);
    return true;
  }

  async retry(item: ClaimedItem, plan: RetryPlan): Promise<boolean> {
    const entry = this.#held(item);
    if (entry === undefined) return false;
    if (plan.attempt !== undefined) record(entry, plan.attempt);
    if (plan.progress === undefined) delete entry.progress;
    else entry.progress = plan.progress;
    this.#queue(entry.endpoint).putBack(entry, plan.at);
    return true;
  }

  async bury(item: ClaimedItem, burial: Burial, attempt?: AttemptRecord): Promise<boolean> {
    const entry = this.#held(item);
    if (entry === undefined) return false;
    if (attempt !== undefined) record(entry, attempt);
    const queue = this.#queue(entry.endpoint);
    queue.claimed.delete(entry.id);
    queue.forget(entry);
    entry.burial = burial;
    queue.dead.set(entry.id, entry);
    if (queue.dead.size > this.#mostDead) {
      const oldest = queue.dead.values().next().value as Entry;
      queue.dead.delete(oldest.id);
      this.#drop(queue, oldest);
      this.#onForgotten?.(letter(oldest));
    }
    return true;
  }

  async cancel(id: string): Promise<boolean> {
    this.#check();
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    const queue = this.#queue(entry.endpoint);
    if (queue.claimed.has(id)) return false;
    if (!queue.dead.delete(id)) queue.waiting.remove(entry);
    this.#drop(queue, entry);
    return true;
  }

  async redrive(id: string, now: number): Promise<boolean> {
    this.#check();
    const old = this.#entries.get(id);
    if (old?.burial === undefined) return false;
    const queue = this.#queue(old.endpoint);
    queue.dead.delete(id);
    // A new entry under the old name: the order of arrival still holds the old one, as gone.
    const { burial: _burial, firstAttemptAt: _first, progress: _progress, ...rest } = old;
    const entry: Entry = {
      ...rest,
      enqueuedAt: now,
      at: now,
      sequence: ++this.#count,
      attempts: 0,
      history: [],
      lease: "",
    };
    this.#entries.set(id, entry);
    queue.add(entry);
    return true;
  }

  async deadLetters(query: DeadLetterQuery = {}): Promise<readonly DeadLetter[]> {
    this.#check();
    const queues = query.endpoint === undefined ? [...this.#queues.values()] : [this.#queue(query.endpoint)];
    const all = queues.flatMap((queue) => [...queue.dead.values()]);
    all.sort((a, b) => (a.burial as Burial).at - (b.burial as Burial).at || number(a) - number(b));
    const start = query.after === undefined ? 0 : all.findIndex((entry) => entry.id === query.after) + 1;
    return all.slice(start, start + (query.limit ?? 100)).map(letter);
  }

  async nextDue(endpoint: string, order: "due" | "fifo"): Promise<number | undefined> {
    this.#check();
    return this.#queue(endpoint).nextDue(order);
  }

  async pending(endpoint: string, limit: number): Promise<readonly OutboxItem[]> {
    this.#check();
    const waiting = [...this.#queue(endpoint).waiting.values()];
    waiting.sort((a, b) => a.sequence - b.sequence);
    return waiting.slice(0, limit).map((entry) => ({ ...entry }));
  }

  async endpointState(endpoint: string): Promise<EndpointState> {
    this.#check();
    return this.#queue(endpoint).state;
  }

  async setEndpointState(endpoint: string, state: EndpointState): Promise<void> {
    this.#check();
    this.#queue(endpoint).state = Object.freeze({ ...state });
  }

  async stats(endpoint: string): Promise<EndpointStats> {
    this.#check();
    const { waiting, claimed, dead } = this.#queue(endpoint);
    return { pending: waiting.size, claimed: claimed.size, dead: dead.size };
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #queue(endpoint: string): EndpointQueue {
    let queue = this.#queues.get(endpoint);
    if (queue === undefined) {
      queue = new EndpointQueue(this.#remembered);
      this.#queues.set(endpoint, queue);
    }
    return queue;
  }

  /** The item that this event already is, and whether it has other content. */
  #known(queue: EndpointQueue, event: StoredEvent): Pick<Placed, "item" | "conflict"> | undefined {
    if (event.generated) return undefined;
    const item = queue.byEvent.get(event.id);
    if (item !== undefined) {
      const entry = this.#entries.get(item);
      return { item, conflict: entry !== undefined && !sameContent(entry.event, event) };
    }
    const done = queue.recent.get(event.id);
    return done === undefined ? undefined : { item: done.item, conflict: done.digest !== contentDigest(event) };
  }

  /** The entry, if this claim is the one that holds it. */
  #held(item: ClaimedItem): Entry | undefined {
    this.#check();
    const entry = this.#entries.get(item.id);
    return entry !== undefined && entry.lease !== "" && entry.lease === item.lease ? entry : undefined;
  }

  #drop(queue: EndpointQueue, entry: Entry): void {
    this.#entries.delete(entry.id);
    queue.byEvent.delete(entry.event.id);
    queue.forget(entry);
  }

  #check(): void {
    if (this.#closed) throw new Error("The outbox is closed.");
  }
}

function record(entry: Entry, attempt: AttemptRecord): void {
  entry.attempts += 1;
  entry.firstAttemptAt ??= attempt.startedAt;
  entry.history = remember(entry.history, attempt);
}

function letter(entry: Entry): DeadLetter {
  return { ...entry, burial: entry.burial as Burial };
}

function number(entry: Entry): number {
  return Number(entry.id.slice("item_".length));
}
