import type { Clock } from "@countersign/core";
import type { Outbox } from "../outbox/outbox.ts";
import type { Transport } from "../transport/transport.ts";
import type { Intake } from "./intake.ts";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { Outcomes } from "./outcome.ts";

/** What is shut down. */
export interface ShutdownTools {
  readonly intake: Intake;
  readonly lanes: Lanes;
  readonly transport: Transport;
  readonly outbox: Outbox;
  readonly outcomes: Outcomes;
  readonly clock: Clock;
}

/** Turns of the event loop in which requests that were cut can put their events back. */
const MOST_TURNS = 100;

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
    const { intake, lanes, transport, outbox, outcomes } = this.#tools;
    intake.close();
    const all = [...lanes.values()];
    await this.#drain(all, timeout);
    this.#cutting = true;
    for (const lane of all) lane.stop();
    await transport.close();
    await atRest(all);
    await outbox.close();
    outcomes.endAll((endpoint) => ({ endpoint, status: "pending", attempts: 0, history: [] }));
  }

  async #drain(all: readonly Lane[], timeout: number): Promise<void> {
    const { clock } = this.#tools;
    let deadline: unknown;
    const late = new Promise<void>((resolve) => {
      deadline = clock.setTimeout(resolve, timeout);
    });
    await Promise.race([Promise.all(all.map((lane) => lane.drain())), late]);
    clock.clearTimeout(deadline);
  }
}

/** Batches that were cut still put their items back. */
async function atRest(all: readonly Lane[]): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS && all.some((lane) => lane.inFlight > 0); turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}
