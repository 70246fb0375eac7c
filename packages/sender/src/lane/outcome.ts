import type { Outbox } from "../outbox/outbox.ts";
import type { AttemptRecord } from "../outbox/record.ts";

/** How an event ended at one endpoint. */
export interface Outcome {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /**
   * - `"delivered"`: accepted;
   * - `"dead"`: given up, and kept as a dead letter;
   * - `"discarded"`: too old, or no room at a lossy endpoint;
   * - `"cancelled"`: taken out, with its endpoint or by hand;
   * - `"duplicate"`: the same event id had gone to this endpoint before;
   * - `"conflict"`: the same event id had gone there before with other content, and this one was not sent;
   * - `"pending"`: still in the outbox when the sender closed.
   */
  readonly status: "delivered" | "dead" | "discarded" | "cancelled" | "duplicate" | "conflict" | "pending";
  /** For the dead: `"exhausted"` or `"permanent"`. */
  readonly reason?: string;
  /** Requests that were made for the event there, the last one included. */
  readonly attempts: number;
  /** The attempts: the first and the latest. */
  readonly history: readonly AttemptRecord[];
}

/** What became of an event at one endpoint when it was sent. */
export interface SendPlacement {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /**
   * - `"queued"`: in the outbox;
   * - `"duplicate"`: the same event id had gone to this endpoint before;
   * - `"conflict"`: the same event id had gone there before with another type, severity or data; this one is not sent;
   * - `"dropped"`: no room at a lossy endpoint;
   * - `"removed"`: the endpoint was removed meanwhile.
   */
  readonly status: "queued" | "duplicate" | "conflict" | "dropped" | "removed";
}

/** What `send` gives back once the event is in the outbox. */
export interface SendHandle {
  /** The event's id, made by the sender when it had none. */
  readonly id: string;
  /** Where it was placed, or why not. An endpoint whose filter did not want it is not in the list. */
  readonly placements: readonly SendPlacement[];
  /**
   * Resolves when the event has ended at each of these endpoints, whichever process brought it there. It never rejects.
   */
  outcome(): Promise<readonly Outcome[]>;
}

/** One item's end, for whoever may come to wait for it. */
class Waiting {
  readonly endpoint: string;
  outcome: Outcome | undefined;
  resolvers: ((outcome: Outcome) => void)[] | undefined;

  constructor(endpoint: string) {
    this.endpoint = endpoint;
  }
}

/** Items that are asked about at a time. */
const PAGE = 500;

/**
 * Who waits for which item. An item is followed while somebody has the handle of it, and asked about at the outbox, where
 * another process may have brought it to its end, while somebody waits.
 */
export class Outcomes {
  readonly #followed = new Map<string, WeakRef<Waiting>>();
  readonly #asked = new Map<string, Waiting>();
  readonly #dropped = new FinalizationRegistry<string>((item) => {
    if (this.#followed.get(item)?.deref() === undefined) this.#followed.delete(item);
  });

  /** Follows an item. The function that it gives back waits for the end. */
  follow(item: string, endpoint: string): () => Promise<Outcome> {
    const one = this.#followed.get(item)?.deref() ?? new Waiting(endpoint);
    if (this.#followed.get(item)?.deref() === undefined) {
      this.#followed.set(item, new WeakRef(one));
      this.#dropped.register(one, item);
    }
    return () => {
      if (one.outcome !== undefined) return Promise.resolve(one.outcome);
      this.#asked.set(item, one);
      return new Promise((resolve) => {
        one.resolvers ??= [];
        one.resolvers.push(resolve);
      });
    };
  }

  /** Whether somebody follows the item. */
  knows(item: string): boolean {
    return this.#followed.get(item)?.deref() !== undefined;
  }

  /** The item has ended: whoever waits for it is told. */
  end(item: string, outcome: Outcome): void {
    const waiting = this.#followed.get(item)?.deref();
    this.#followed.delete(item);
    this.#asked.delete(item);
    if (waiting === undefined || waiting.outcome !== undefined) return;
    waiting.outcome = outcome;
    for (const resolve of waiting.resolvers ?? []) resolve(outcome);
  }

  /** Asks the outbox for the ends of what is waited for. */
  refresh(outbox: Outbox): Promise<void> {
    return this.#refresh(outbox, [...this.#asked]);
  }

  /** The same, for all that is followed at an endpoint. */
  refreshEndpoint(outbox: Outbox, endpoint: string): Promise<void> {
    const followed = [...this.#followed].flatMap(([item, reference]): [string, Waiting][] => {
      const waiting = reference.deref();
      return waiting?.endpoint === endpoint ? [[item, waiting]] : [];
    });
    return this.#refresh(outbox, followed);
  }

  async #refresh(outbox: Outbox, followed: readonly [string, Waiting][]): Promise<void> {
    for (let start = 0; start < followed.length; start += PAGE) {
      const page = new Map(followed.slice(start, start + PAGE));
      for (const { id, ...how } of await outbox.outcomes([...page.keys()])) {
        const { endpoint } = page.get(id) as Waiting;
        this.end(id, { endpoint, ...how, history: await outbox.attempts(id) });
      }
    }
  }

  /** Ends all waiting. */
  endAll(make: (endpoint: string) => Outcome): void {
    for (const [item, reference] of [...this.#followed]) {
      const endpoint = reference.deref()?.endpoint;
      if (endpoint !== undefined) this.end(item, make(endpoint));
    }
  }
}
