import type { ItemOutcome } from "../parts.ts";
import { Recent } from "./recent.ts";

/** How an item ended, and under which claim. */
export interface End {
  readonly status: ItemOutcome["status"];
  readonly attempts: number;
  readonly token: number;
}

const STATUSES: readonly ItemOutcome["status"][] = ["delivered", "dead", "discarded", "cancelled"];
/** What one number has room for: a status, and attempts up to here; the token comes above. */
const ATTEMPTS = 2 ** 20;

/**
 * How the latest items ended. Two numbers for each, and no object: thousands of objects that live for a while are what a
 * garbage collector pays for (benchmark row "signed deliveries").
 */
export class Ended {
  readonly #recent: Recent<number, number>;

  constructor(size: number) {
    this.#recent = new Recent(size);
  }

  add(item: number, status: End["status"], attempts: number, token: number): void {
    const counted = Math.min(attempts, ATTEMPTS - 1);
    this.#recent.add(item, (token * ATTEMPTS + counted) * STATUSES.length + STATUSES.indexOf(status));
  }

  get(item: number): End | undefined {
    const packed = this.#recent.get(item);
    if (packed === undefined) return undefined;
    const rest = Math.floor(packed / STATUSES.length);
    return {
      status: STATUSES[packed % STATUSES.length] as ItemOutcome["status"],
      attempts: rest % ATTEMPTS,
      token: Math.floor(rest / ATTEMPTS),
    };
  }
}
