import type { Outbox } from "../outbox/outbox.ts";
import { Followed, Waiting } from "./followed.ts";
import type { Outcome } from "./outcome.ts";

/** Items that are asked about at a time. */
const PAGE = 500;

/**
 * Who waits for which item. An item is followed while somebody has the handle of it, and asked about at the outbox, where
 * another process may have brought it to its end, while somebody waits.
 */
export class Outcomes {
  readonly #followed = new Followed();

  /** Follows an item, for whoever has its handle. */
  follow(item: string, endpoint: string): Waiting {
    const known = this.#followed.get(item);
    if (known !== undefined) return known;
    const waiting = new Waiting(endpoint);
    this.#followed.add(item, waiting);
    return waiting;
  }

  /** Tells the end of an item that is followed, when it has come. */
  whenEnded(item: string, waiting: Waiting, tell: (outcome: Outcome) => void): void {
    waiting.whenEnded(tell);
    if (waiting.isAwaited) this.#followed.await(item, waiting);
  }

  /** Whether somebody follows the item. */
  knows(item: string): boolean {
    return this.#followed.get(item) !== undefined;
  }

  /** The item has ended: whoever waits for it is told. */
  end(item: string, outcome: Outcome): void {
    this.#followed.take(item)?.end(outcome);
  }

  /** Asks the outbox for the ends of what is waited for. */
  refresh(outbox: Outbox): Promise<void> {
    return this.#refresh(outbox, this.#followed.awaited());
  }

  /** The same, for all that is followed at an endpoint. */
  refreshEndpoint(outbox: Outbox, endpoint: string): Promise<void> {
    const here = this.#followed.all().filter(([, waiting]) => waiting.endpoint === endpoint);
    return this.#refresh(outbox, here);
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
    for (const [item, { endpoint }] of this.#followed.all()) this.end(item, make(endpoint));
  }
}
