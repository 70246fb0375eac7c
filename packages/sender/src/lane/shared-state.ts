import type { Clock } from "@countersign/core";
import type { Outbox } from "../outbox/outbox.ts";
import type { EndpointState, StateChange } from "../outbox/parts.ts";

/** What a state is read and changed with. */
export interface SharedStateTools {
  readonly outbox: Outbox;
  readonly clock: Clock;
}

/** Where an endpoint's changes meet those of other processes; how often one is decided anew before it is given up. */
const TRIES = 20;

/** An endpoint's state as the outbox has it for all processes, and as this one last saw it. */
export class SharedState {
  readonly #endpoint: string;
  readonly #tools: SharedStateTools;
  readonly #read: () => Promise<EndpointState>;
  #seen: EndpointState | undefined;
  #pausedUntil = 0;
  /** The first read, which all wait for. */
  #reading: Promise<EndpointState> | undefined;

  /** @param read asks the outbox */
  constructor(endpoint: string, tools: SharedStateTools, read: () => Promise<EndpointState>) {
    this.#endpoint = endpoint;
    this.#tools = tools;
    this.#read = read;
  }

  /** As it was last seen. Absent before it was read. */
  get seen(): EndpointState | undefined {
    return this.#seen;
  }

  /** Until when nothing is to be claimed, by this process's clock. */
  get pausedUntil(): number {
    return this.#pausedUntil;
  }

  /** What is known of it, read once. */
  ready(): EndpointState | Promise<EndpointState> {
    if (this.#seen !== undefined) return this.#seen;
    this.#reading ??= this.#read()
      .then((state) => this.adopt(state))
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  /** It was seen so. A generation other than the first is another endpoint of the name: not ours. */
  adopt(state: EndpointState): EndpointState {
    const { generation } = this.#seen ?? state;
    if (state.generation !== generation) return this.#seen as EndpointState;
    if (state.version >= (this.#seen?.version ?? 0)) {
      this.#seen = state;
      this.#pausedUntil = state.pausedFor === 0 ? 0 : this.#tools.clock.now() + state.pausedFor;
    }
    return this.#seen as EndpointState;
  }

  /**
   * Changes it for all processes. Where another was faster, it is read and decided anew.
   *
   * @param decide what it is to be, or nothing where it needs no change
   * @returns whether it was changed
   */
  async change(decide: (state: EndpointState, pausedFor: number) => StateChange | undefined): Promise<boolean> {
    const { outbox, clock } = this.#tools;
    await this.ready();
    for (let tries = 0; tries < TRIES; tries += 1) {
      const state = this.#seen as EndpointState;
      const next = decide(state, Math.max(0, this.#pausedUntil - clock.now()));
      if (next === undefined) return false;
      if (await outbox.setEndpointState(this.#endpoint, state.version, next)) {
        const { generation, version } = state;
        this.adopt({ pausedFor: 0, breaker: false, ...next, generation, version: version + 1 });
        return true;
      }
      const found = await this.#read();
      // The endpoint was removed by another process: there is nothing to change any more.
      if (this.adopt(found).generation !== found.generation) return false;
    }
    throw new Error(`The state of ${this.#endpoint} changes faster than it can be set.`);
  }
}
