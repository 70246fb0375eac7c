import type { Clock } from "@countersign/core";
import type { Announcer } from "../hooks.ts";
import { ChurnMap } from "../lib/churn-map.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { ClaimedItem, Look, Room } from "../outbox/parts.ts";
import { Together } from "./together.ts";

/** What the work is found with. */
export interface WorkTools {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly announcer: Announcer;
  /** This sender's own name for its claims. */
  readonly owner: string;
}

/** A lane as far as it is told of work. */
export interface Worker {
  readonly endpoint: { readonly name: string; readonly order: "due" | "fifo" };
  /** What the outbox says of it. */
  seen(look: Look): void;
}

/** What a lane was given, and when it asked: its leases count from then. */
export interface Share {
  readonly items: readonly ClaimedItem[];
  readonly since: number;
}

/** The most items of one claim. */
const MOST_CLAIMED = 1_000;

/** Finds work for all lanes: one claim and one look for all that ask at a time, and one poll for the process. */
export class Work {
  readonly #tools: WorkTools;
  readonly #claims: Together<Room, Share>;
  readonly #looks: Together<Worker["endpoint"], Look>;
  #timer: unknown;
  #unwatch: (() => void) | undefined;
  #stopped = false;
  /** What lanes have in hand, by this sender's claims. */
  readonly #inHand = new ChurnMap<string, true>();
  /** A claim failed: it may have been made all the same, and its answer lost. */
  #doubtful = false;

  constructor(tools: WorkTools) {
    this.#tools = tools;
    this.#claims = new Together((room) => this.#claim(room));
    this.#looks = new Together((endpoints) => this.#look(endpoints));
  }

  /** A lane has written down what became of its items, or has given up to. */
  drop(items: readonly ClaimedItem[]): void {
    for (const { id } of items) this.#inHand.delete(id);
  }

  /** A lane's share of the next claim. */
  claim(room: Room): Promise<Share> {
    return this.#claims.ask(room);
  }

  /** When an endpoint has something to claim, and its state. */
  look(endpoint: Worker["endpoint"]): Promise<Look> {
    return this.#looks.ask(endpoint);
  }

  /**
   * Looks for what other processes enqueue or change, until it is stopped: at all of these at a time.
   *
   * @param further what else is asked at each poll
   */
  watch(workers: () => Iterable<Worker>, further: () => Promise<void>): void {
    const { outbox, clock, announcer } = this.#tools;
    const { pollInterval } = outbox;
    let polling = false;
    const poll = async () => {
      if (polling || this.#stopped) return;
      polling = true;
      clock.clearTimeout(this.#timer);
      try {
        const all = [...workers()];
        const looks = all.length === 0 ? [] : await this.#look(all.map(({ endpoint }) => endpoint));
        for (const [index, look] of looks.entries()) (all[index] as Worker).seen(look);
        await further();
      } catch (error) {
        if (!this.#stopped) announcer.tell("failure", () => ({ where: "outbox", error }));
      }
      polling = false;
      if (!this.#stopped && pollInterval !== undefined) this.#timer = clock.setTimeout(poll, pollInterval);
    };
    if (pollInterval !== undefined) this.#timer = clock.setTimeout(poll, pollInterval);
    this.#unwatch = outbox.wake?.(() => void poll());
  }

  stop(): void {
    this.#stopped = true;
    this.#tools.clock.clearTimeout(this.#timer);
    this.#unwatch?.();
  }

  /** Asked again for those that were given nothing while the claim was full. */
  async #claim(room: readonly Room[]): Promise<readonly Share[]> {
    const { outbox, clock, owner } = this.#tools;
    const shares = new Map<string, { items: ClaimedItem[]; since: number }>();
    let left = room;
    for (;;) {
      if (this.#doubtful) await outbox.release(owner, [...this.#inHand.keys()]);
      const since = clock.now();
      this.#doubtful = true;
      const items = await outbox.claim({ owner, total: MOST_CLAIMED, room: left });
      this.#doubtful = false;
      for (const item of items) {
        this.#inHand.set(item.id, true);
        const share = shares.get(item.endpoint);
        if (share === undefined) shares.set(item.endpoint, { items: [item], since });
        else share.items.push(item);
      }
      left = left.filter(({ endpoint }) => !shares.has(endpoint));
      if (items.length < MOST_CLAIMED || left.length === 0) {
        return room.map(({ endpoint }) => shares.get(endpoint) ?? { items: [], since });
      }
    }
  }

  async #look(endpoints: readonly Worker["endpoint"][]): Promise<readonly Look[]> {
    const { outbox, owner } = this.#tools;
    return outbox.look({ owner, endpoints: endpoints.map(({ name, order }) => ({ endpoint: name, order })) });
  }
}
