import type { Clock } from "@countersign/core";
import type { Announcer } from "../hooks.ts";
import type { SharedState } from "./shared-state.ts";

/** What is shared with. */
export interface SharingTools {
  readonly clock: Clock;
  readonly announcer: Announcer;
}

/** Tells all processes that an endpoint is to be left alone: changes on their way to the outbox, one after the other. */
export class Sharing {
  readonly #endpoint: string;
  readonly #state: SharedState;
  readonly #tools: SharingTools;
  #last: Promise<void> = Promise.resolve();
  #under = 0;

  constructor(endpoint: string, state: SharedState, tools: SharingTools) {
    this.#endpoint = endpoint;
    this.#state = state;
    this.#tools = tools;
  }

  /** What this process found is still on its way: what the outbox says is older. */
  get underWay(): boolean {
    return this.#under > 0;
  }

  /** Resolves when all of it is told. */
  settled(): Promise<void> {
    return this.#last;
  }

  /** The endpoint is left alone by all processes for a while. One that is left alone for longer stays so. */
  leaveAlone(pausedFor: number, breaker: boolean): void {
    const { clock, announcer } = this.#tools;
    const endpoint = this.#endpoint;
    const until = clock.now() + pausedFor;
    this.#under += 1;
    this.#last = this.#last.then(async () => {
      const left = until - clock.now();
      try {
        await this.#state.change(({ disabled, reason, breaker: open }, known) => {
          if (breaker === open && left <= known) return undefined;
          const whole = { disabled, ...(reason === undefined ? {} : { reason }), breaker };
          return { ...whole, pausedFor: Math.max(0, open && !breaker ? left : Math.max(left, known)) };
        });
      } catch (error) {
        announcer.tell("failure", () => ({ endpoint, where: "outbox", error }));
      }
      this.#under -= 1;
    });
  }
}
