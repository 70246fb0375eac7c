import { sizeOf } from "../../event/stored-event.ts";
import { ChurnMap } from "../../lib/churn-map.ts";
import type { ClaimRef, DeadLetter, ItemOutcome } from "../parts.ts";
import { Ended } from "./ended.ts";
import { type Entry, letterOf } from "./items.ts";
import { EndpointQueue, type Weight } from "./queue.ts";

/** How much is kept. */
export interface Bounds {
  readonly capacity: number;
  readonly bytes: number;
  readonly bytesPerEndpoint: number;
  readonly deadLetters: number;
  readonly remembered: number;
  readonly onForgotten: (letter: DeadLetter) => void;
}

/** All that a memory outbox keeps. What is done with it stands in the files beside this one. */
export class Kept {
  readonly queues = new Map<string, EndpointQueue>();
  readonly entries = new ChurnMap<string, Entry>();
  readonly ended: Ended;
  /** What waits or is claimed, at all endpoints together. */
  readonly weight: Weight = { bytes: 0 };
  readonly bounds: Bounds;
  readonly now: () => number;
  /** All dead letters, the oldest first, and what they weigh. */
  readonly #dead = new Set<Entry>();
  #deadBytes = 0;
  /** Items and burials, in one count. */
  #count = 0;

  constructor(bounds: Bounds, now: () => number) {
    this.bounds = bounds;
    this.now = now;
    this.ended = new Ended(bounds.remembered);
  }

  get count(): number {
    return this.#count;
  }

  next(): number {
    this.#count += 1;
    return this.#count;
  }

  queue(endpoint: string): EndpointQueue {
    let queue = this.queues.get(endpoint);
    if (queue === undefined) {
      queue = new EndpointQueue(this.bounds.remembered, this.weight);
      this.queues.set(endpoint, queue);
    }
    return queue;
  }

  readonly find = (id: string): Entry | undefined => this.entries.get(id);

  /** The entry, if this claim is the one that holds it. */
  held({ id, token }: ClaimRef): Entry | undefined {
    const entry = this.entries.get(id);
    if (entry?.token !== token) return undefined;
    return entry.inHand ? entry : undefined;
  }

  /** The entry is gone, and its end is remembered. */
  end(queue: EndpointQueue, entry: Entry, status: ItemOutcome["status"]): void {
    queue.takeBack(entry);
    queue.forget(entry);
    this.entries.delete(entry.id);
    this.ended.add(entry.number, status, entry.attempts, entry.token);
  }

  /** The entry is a dead letter from now on. Without room for it, the oldest ones are forgotten. */
  bury(queue: EndpointQueue, entry: Entry): void {
    const { deadLetters, bytes, bytesPerEndpoint, onForgotten } = this.bounds;
    queue.takeBack(entry);
    queue.leave(entry);
    queue.dead.set(entry.id, entry);
    this.#dead.add(entry);
    this.#weighDead(queue, sizeOf(entry.event));
    const forgotten: Entry[] = [];
    const forget = (oldest: Entry) => {
      this.unbury(oldest);
      this.end(this.queue(oldest.endpoint), oldest, "dead");
      forgotten.push(oldest);
    };
    while (queue.dead.size > deadLetters || queue.deadBytes > bytesPerEndpoint) {
      forget(queue.dead.values().next().value as Entry);
    }
    while (this.#deadBytes > bytes) forget(this.#dead.values().next().value as Entry);
    for (const oldest of forgotten) onForgotten(letterOf(oldest));
  }

  /** The entry is none any more. */
  unbury(entry: Entry): boolean {
    const queue = this.queue(entry.endpoint);
    if (!queue.dead.delete(entry.id)) return false;
    this.#dead.delete(entry);
    this.#weighDead(queue, -sizeOf(entry.event));
    return true;
  }

  #weighDead(queue: EndpointQueue, more: number): void {
    queue.deadBytes += more;
    this.#deadBytes += more;
  }
}
