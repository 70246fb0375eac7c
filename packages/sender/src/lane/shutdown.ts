import type { Clock } from "@countersign/core";
import type { Outbox } from "../outbox/outbox.ts";
import type { Transport } from "../transport/transport.ts";
import type { DeadLetterEvents } from "./dead-letter-events.ts";
import type { EngineAttempts } from "./engine.ts";
import type { Intake } from "./intake.ts";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { Outcomes } from "./outcomes.ts";
import type { Work } from "./work.ts";

/** What is shut down. */
export interface ShutdownTools {
  readonly intake: Intake;
  readonly lanes: Lanes;
  readonly work: Work;
  readonly transport: Transport;
  readonly outbox: Outbox;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
  /** This sender's own name for its claims. */
  readonly owner: string;
  readonly deadLetterEvents: DeadLetterEvents;
  readonly engineAttempts: EngineAttempts;
}

/** How long requests that were cut may take to put their events back, in milliseconds. */
const GRACE = 5_000;

/** The end of a sender: drain until the deadline, cut what is under way, close. */
export class Shutdown {
  readonly #tools: ShutdownTools;
  #cutting = false;
  #closed: Promise<void> | undefined;

  constructor(tools: ShutdownTools) {
    this.#tools = tools;
  }

  /** `true` once what is under way is cut: a failure is then no attempt. */
  get cutting(): boolean {
    return this.#cutting;
  }

  /** The first call decides how long it may take; further ones wait for the same end. */
  close(timeout: number): Promise<void> {
    this.#closed ??= this.#run(timeout);
    return this.#closed;
  }

  async #run(timeout: number): Promise<void> {
    const { intake, lanes, work, transport, outbox, outcomes, clock, owner, engineAttempts } = this.#tools;
    intake.close();
    lanes.close();
    const all = [...lanes.values()];
    await this.#within(timeout, Promise.all([this.#drain(all, clock.now() + timeout), engineAttempts.settled()]));
    this.#cutting = true;
    for (const lane of all) lane.stop();
    await transport.close();
    await this.#within(GRACE, Promise.all([...all.map((lane) => lane.settled()), engineAttempts.settled()]));
    work.stop();
    // What a request that never ended still holds. An outbox that fails here lets go when the leases end.
    await this.#within(
      GRACE,
      outbox.release(owner).catch(() => {}),
    );
    await this.#within(GRACE, outbox.close());
    outcomes.endAll((endpoint) => ({ endpoint, status: "pending", attempts: 0, history: [] }));
  }

  /** What dies during the drain raises events, which are due as well. */
  async #drain(all: readonly Lane[], until: number): Promise<void> {
    const { deadLetterEvents } = this.#tools;
    do await Promise.all(all.map((lane) => lane.drain(until)));
    while (deadLetterEvents.any());
  }

  async #within(milliseconds: number, work: Promise<unknown>): Promise<void> {
    const { clock } = this.#tools;
    let timer: unknown;
    const late = new Promise<void>((resolve) => {
      timer = clock.setTimeout(resolve, milliseconds);
    });
    await Promise.race([work, late]);
    clock.clearTimeout(timer);
  }
}
