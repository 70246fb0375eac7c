import { ConfigurationError } from "@countersign/core";
import { checkFunction, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import { machineClock, type SenderClock, steady } from "../time/steady.ts";
import { redriven, toLetter } from "./letters.ts";
import type { Outbox } from "./outbox.ts";
import {
  type ClaimAsk,
  type ClaimedItem,
  type ClaimRef,
  type DeadLetter,
  type EndpointStats,
  type Finished,
  type ItemOutcome,
  type ListAsk,
  type Look,
  type LookAsk,
  type Page,
  type RedriveAsk,
  type Redriven,
  type Result,
  remember,
  type StateChange,
} from "./parts.ts";
import { OutboxFull, type Placed, type Placing } from "./placing.ts";
import { claimOf, EndpointQueue, type Entry, itemOf } from "./queue.ts";
import { Recent } from "./recent.ts";
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
  /** By which it keeps the time: the sender's own, where a test gives the sender one. Default: the machine's. */
  readonly clock?: SenderClock;
}

const KEYS: KeysOf<MemoryOutboxOptions> = {
  capacity: "optional",
  deadLetters: "optional",
  remembered: "optional",
  onForgotten: "optional",
  clock: "optional",
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
  checkFunction(options.onForgotten, "memoryOutbox.onForgotten");
  if (options.clock !== undefined) checkFunction(options.clock.now ?? null, "memoryOutbox.clock.now");
  return new MemoryOutbox({
    capacity: checkInteger(options.capacity ?? 100_000, "memoryOutbox.capacity", 1, 10_000_000),
    deadLetters: checkInteger(options.deadLetters ?? 10_000, "memoryOutbox.deadLetters", 0, 10_000_000),
    remembered: checkInteger(options.remembered ?? 10_000, "memoryOutbox.remembered", 0, 10_000_000),
    onForgotten: options.onForgotten ?? (() => {}),
    clock: options.clock ?? machineClock,
  });
}

class MemoryOutbox implements Outbox {
  readonly #queues = new Map<string, EndpointQueue>();
  readonly #entries = new Map<string, Entry>();
  readonly #ended: Recent<ItemOutcome & { readonly token: number }>;
  readonly #options: Required<MemoryOutboxOptions>;
  readonly #now: () => number;
  #count = 0;
  #closed = false;

  constructor(options: Required<MemoryOutboxOptions>) {
    this.#options = options;
    this.#ended = new Recent(options.remembered);
    const clock = steady(options.clock);
    this.#now = () => clock.now();
  }

  async enqueue(events: readonly Placing[], options: { readonly tx?: never } = {}): Promise<readonly Placed[][]> {
    this.#check();
    if (options.tx !== undefined) {
      throw new ConfigurationError("tx", "memoryOutbox is part of no database: it can enqueue in no transaction.");
    }
    const more = new Map<string, number>();
    for (const { event, placements } of events) {
      for (const { endpoint, generation } of placements) {
        const queue = this.#queue(endpoint);
        if (queue.state.generation !== generation || queue.known(event) !== undefined) continue;
        const size = queue.size + (more.get(endpoint) ?? 0);
        if (size >= this.#options.capacity) throw new OutboxFull(endpoint);
        if (events.length > 1) more.set(endpoint, (more.get(endpoint) ?? 0) + 1);
      }
    }
    return this.#place(events);
  }

  #place(events: readonly Placing[]): Placed[][] {
    const now = this.#now();
    return events.map(({ event, placements }) =>
      placements.map(({ endpoint, generation, delay = 0 }) => {
        const queue = this.#queue(endpoint);
        if (queue.state.generation !== generation) return { endpoint, item: "", created: false, removed: true };
        const known = queue.known(event);
        if (known !== undefined) return { endpoint, created: false, ...known };
        const id = `item_${++this.#count}`;
        const entry: Entry = {
          id,
          endpoint,
          generation,
          event,
          enqueuedAt: now,
          sequence: this.#count,
          at: now + delay,
          attempts: 0,
          history: [],
          token: 0,
          owner: "",
          leasedUntil: 0,
        };
        this.#entries.set(id, entry);
        queue.add(entry);
        return { endpoint, item: id, created: true };
      }),
    );
  }

  async claim({ owner, total, room }: ClaimAsk): Promise<readonly ClaimedItem[]> {
    this.#check();
    const now = this.#now();
    const due: { readonly at: number; readonly room: (typeof room)[number]; readonly queue: EndpointQueue }[] = [];
    for (const one of room) {
      const queue = this.#queue(one.endpoint);
      queue.expire(now, (entry) => this.#end(queue, entry, "cancelled"));
      const at = queue.nextDue(one.order, owner);
      if (at === undefined || at > now + (one.early ?? 0)) continue;
      due.push({ at, room: one, queue });
    }
    due.sort((a, b) => a.at - b.at);
    const taken: ClaimedItem[] = [];
    for (const { room: one, queue } of due) {
      if (taken.length >= total) break;
      if (!queue.admits(owner, one, now)) continue;
      for (const entry of queue.take({ ...one, limit: Math.min(one.limit, total - taken.length) }, now)) {
        entry.token += 1;
        entry.owner = owner;
        entry.leasedUntil = now + one.lease;
        queue.claimed.set(entry.id, entry);
        taken.push(claimOf(entry, now));
      }
    }
    return taken;
  }

  async extend(claims: readonly ClaimRef[], lease: number): Promise<readonly ClaimRef[]> {
    this.#check();
    const until = this.#now() + lease;
    return claims.filter((claim) => {
      const entry = this.#held(claim);
      if (entry === undefined) return false;
      entry.leasedUntil = until;
      const { claimed } = this.#queue(entry.endpoint);
      claimed.delete(entry.id);
      claimed.set(entry.id, entry);
      return true;
    });
  }

  async finish(results: readonly Result[]): Promise<readonly Finished[]> {
    this.#check();
    return results.map((result) => {
      const entry = this.#held(result);
      if (entry === undefined) return { id: result.id, held: this.#wasApplied(result) };
      return { id: result.id, held: true, ...this.#apply(result, entry) };
    });
  }

  #apply(result: Result, entry: Entry): Pick<Finished, "cancelled" | "raised"> {
    const queue = this.#queue(entry.endpoint);
    const now = this.#now();
    if (result.attempt !== undefined) record(entry, result.attempt, now);
    switch (result.kind) {
      case "done":
      case "discard":
        this.#end(queue, entry, result.kind === "done" ? "delivered" : "discarded");
        return {};
      case "retry":
        if (entry.generation !== queue.state.generation) {
          this.#end(queue, entry, "cancelled");
          return { cancelled: true };
        }
        if (result.progress === undefined) delete entry.progress;
        else entry.progress = result.progress;
        queue.putBack(entry, now + result.delay);
        return {};
      case "bury": {
        const { reason, message, raised = [] } = result;
        queue.claimed.delete(entry.id);
        queue.leave(entry);
        entry.burial = { reason, message, at: now, sequence: ++this.#count };
        queue.dead.set(entry.id, entry);
        if (queue.dead.size > this.#options.deadLetters) this.#forgetOldest(queue);
        return { raised: this.#place(raised) };
      }
    }
  }

  async release(owner: string, except: readonly string[] = []): Promise<number> {
    this.#check();
    let released = 0;
    const kept = new Set(except);
    for (const queue of this.#queues.values()) {
      for (const entry of [...queue.claimed.values()].filter((one) => one.owner === owner && !kept.has(one.id))) {
        released += 1;
        entry.token += 1;
        if (entry.generation === queue.state.generation) queue.putBack(entry, this.#now());
        else this.#end(queue, entry, "cancelled");
      }
    }
    return released;
  }

  async look({ owner, endpoints }: LookAsk): Promise<readonly Look[]> {
    this.#check();
    const now = this.#now();
    return endpoints.map(({ endpoint, order }) => {
      const queue = this.#queue(endpoint);
      const due = queue.nextDue(order, owner);
      const state = { ...queue.state, pausedFor: Math.max(0, queue.pausedUntil - now) };
      return due === undefined ? { endpoint, state } : { endpoint, state, due: due - now };
    });
  }

  async setEndpointState(endpoint: string, version: number, next: StateChange): Promise<boolean> {
    this.#check();
    const queue = this.#queue(endpoint);
    if (queue.state.version !== version) return false;
    const { pausedFor = 0, breaker = false, ...rest } = next;
    const at = this.#now();
    queue.state = { generation: queue.state.generation, version: version + 1, breaker, ...rest, at };
    queue.pausedUntil = at + pausedFor;
    return true;
  }

  async removeEndpoint(endpoint: string, generation: number): Promise<number> {
    this.#check();
    const queue = this.#queue(endpoint);
    if (queue.state.generation !== generation) return 0;
    const waiting = [...queue.waiting.values()];
    for (const entry of waiting) {
      queue.waiting.pop();
      this.#end(queue, entry, "cancelled");
    }
    queue.startAnew();
    return waiting.length;
  }

  async cancel(items: readonly string[]): Promise<number> {
    this.#check();
    let cancelled = 0;
    for (const id of items) {
      const entry = this.#entries.get(id);
      if (entry === undefined) continue;
      const queue = this.#queue(entry.endpoint);
      if (queue.claimed.has(id)) continue;
      if (!queue.dead.delete(id)) queue.waiting.remove(entry);
      // The others of its batch begin anew: their requests are no longer the same.
      for (const member of entry.progress?.items ?? []) delete this.#entries.get(member)?.progress;
      this.#end(queue, entry, "cancelled");
      cancelled += 1;
    }
    return cancelled;
  }

  async list({ state, endpoint, limit, cursor }: ListAsk): Promise<Page> {
    this.#check();
    const queues = endpoint === undefined ? [...this.#queues.values()] : [this.#queue(endpoint)];
    const place = (entry: Entry) => entry.burial?.sequence ?? entry.sequence;
    const after = cursor === undefined ? 0 : Number(cursor);
    const all = queues.flatMap((queue) => [...queue[state].values()]).filter((entry) => place(entry) > after);
    const items = all.sort((a, b) => place(a) - place(b)).slice(0, limit);
    const last = items[items.length - 1];
    const page = { items: items.map((entry) => (entry.burial === undefined ? itemOf(entry) : toLetter(entry))) };
    return last === undefined || all.length === items.length ? page : { ...page, cursor: String(place(last)) };
  }

  async redrive(ask: RedriveAsk): Promise<Redriven> {
    this.#check();
    const dead = "items" in ask ? this.#letters(ask.items) : this.#deadOf(ask.endpoint);
    const before = "items" in ask ? this.#count : Number(ask.before ?? this.#count);
    const limit = "items" in ask ? Number.POSITIVE_INFINITY : ask.limit;
    const now = this.#now();
    let moved = 0;
    for (const old of dead) {
      if (moved === limit) return { moved, more: true, before: String(before) };
      const queue = this.#queue(old.endpoint);
      if (old.generation !== queue.state.generation || (old.burial?.sequence ?? 0) > before) continue;
      queue.dead.delete(old.id);
      queue.replace(old);
      const entry = redriven(old, ++this.#count, now);
      this.#entries.set(entry.id, entry);
      queue.add(entry);
      moved += 1;
    }
    return { moved, more: false, before: String(before) };
  }

  #letters(items: readonly string[]): readonly Entry[] {
    return [...new Set(items)]
      .map((id) => this.#entries.get(id))
      .filter((entry): entry is Entry => entry?.burial !== undefined);
  }

  *#deadOf(endpoint: string | undefined): Generator<Entry> {
    const queues = endpoint === undefined ? [...this.#queues.values()] : [this.#queue(endpoint)];
    for (const queue of queues) yield* queue.dead.values();
  }

  async attempts(item: string): Promise<readonly AttemptRecord[]> {
    this.#check();
    return this.#entries.get(item)?.history ?? [];
  }

  async outcomes(items: readonly string[]): Promise<readonly ItemOutcome[]> {
    this.#check();
    return items.flatMap((id) => {
      const entry = this.#entries.get(id);
      if (entry?.burial !== undefined) {
        return [{ id, status: "dead" as const, reason: entry.burial.reason, attempts: entry.attempts }];
      }
      const ended = entry === undefined ? this.#ended.get(id) : undefined;
      return ended === undefined ? [] : [{ id, status: ended.status, attempts: ended.attempts }];
    });
  }

  async stats(endpoints?: readonly string[]): Promise<readonly EndpointStats[]> {
    this.#check();
    const now = this.#now();
    return (endpoints ?? [...this.#queues.keys()]).map((endpoint) => {
      const { waiting, claimed, dead } = this.#queue(endpoint);
      const counts = { endpoint, pending: waiting.size, claimed: claimed.size, dead: dead.size };
      const overdue = now - (waiting.peek()?.at ?? Number.POSITIVE_INFINITY);
      return overdue < 0 ? counts : { ...counts, overdue };
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #queue(endpoint: string): EndpointQueue {
    let queue = this.#queues.get(endpoint);
    if (queue === undefined) {
      queue = new EndpointQueue(this.#options.remembered);
      this.#queues.set(endpoint, queue);
    }
    return queue;
  }

  /** The entry, if this claim is the one that holds it. */
  #held({ id, token }: ClaimRef): Entry | undefined {
    const entry = this.#entries.get(id);
    if (entry?.token !== token) return undefined;
    return this.#queue(entry.endpoint).claimed.has(id) ? entry : undefined;
  }

  /** Whether the same was asked before, and has been done. */
  #wasApplied({ id, token }: ClaimRef): boolean {
    return (this.#entries.get(id)?.token ?? this.#ended.get(id)?.token) === token;
  }

  #end(queue: EndpointQueue, entry: Entry, status: ItemOutcome["status"]): void {
    const { id, attempts, token } = entry;
    queue.claimed.delete(id);
    queue.forget(entry);
    this.#entries.delete(id);
    this.#ended.add(id, { id, status, attempts, token });
  }

  #forgetOldest(queue: EndpointQueue): void {
    const oldest = queue.dead.values().next().value as Entry;
    queue.dead.delete(oldest.id);
    this.#end(queue, oldest, "dead" as const);
    this.#options.onForgotten(toLetter(oldest));
  }

  #check(): void {
    if (this.#closed) throw new Error("The outbox is closed.");
  }
}

function record(entry: Entry, attempt: AttemptRecord, now: number): void {
  entry.attempts += 1;
  entry.firstAttemptAt ??= now - attempt.timings.total;
  entry.history = remember(entry.history, attempt);
}
