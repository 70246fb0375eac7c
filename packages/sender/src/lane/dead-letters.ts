import type { Clock } from "@countersign/core";
import { checkInteger, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import { DEAD_LETTER_TYPE, type StoredEvent } from "../event/stored-event.ts";
import type { Announcer } from "../hooks.ts";
import type { ClaimedItem, DeadLetter, DeadLetterQuery, Outbox } from "../outbox/outbox.ts";
import type { Intake } from "./intake.ts";
import type { Lanes } from "./lanes.ts";
import type { Outcome } from "./outcome.ts";

/** What was given up: to look at, to send anew, or to forget. */
export interface DeadLetters {
  /** Oldest first, a page at a time. */
  list(query?: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** Puts one back into the queue as if it were new. `false` when there is none. */
  redrive(item: string): Promise<boolean>;
  /**
   * All of one endpoint, or all: those that are dead when it is called, so that it ends even where they die again at
   * once. Gives back how many.
   */
  redriveAll(endpoint?: string): Promise<number>;
  /** Forgets a letter for good. `false` when there is none of that name. */
  drop(item: string): Promise<boolean>;
}

const QUERY: KeysOf<DeadLetterQuery> = { endpoint: "optional", limit: "optional", after: "optional" };

/** How many are redriven at a time. */
const PAGE = 500;
/** The most that are listed at a time. */
const MOST_LISTED = 10_000;

/** The dead letters of an outbox. What is redriven wakes its lane. */
export function createDeadLetters(outbox: Outbox, lanes: Lanes, clock: Clock): DeadLetters {
  /** The endpoint is that of the letter, where it is known: any lane may be the one. */
  async function redrive(item: string, endpoint?: string): Promise<boolean> {
    const moved = await outbox.redrive(item, clock.now());
    if (!moved) return false;
    if (endpoint !== undefined) lanes.find(endpoint)?.kick(1);
    else for (const lane of lanes.values()) lane.kick(1);
    return true;
  }

  async function redriveAll(endpoint?: string): Promise<number> {
    if (endpoint !== undefined) checkText(endpoint, "endpoint");
    let count = 0;
    for (const [item, name] of await deadBefore(clock.now(), endpoint)) {
      if (await redrive(item, name)) count += 1;
      if (count % PAGE === 0) await turn();
    }
    return count;
  }

  /** Every letter that was dead by then, with its endpoint. What dies while they are redriven is not among them. */
  async function deadBefore(cutoff: number, endpoint: string | undefined): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    let after: string | undefined;
    for (;;) {
      const page = await outbox.deadLetters({
        limit: PAGE,
        ...(endpoint === undefined ? {} : { endpoint }),
        ...(after === undefined ? {} : { after }),
      });
      const size = found.size;
      for (const { id, endpoint: name, burial } of page) if (burial.at <= cutoff) found.set(id, name);
      after = page[page.length - 1]?.id;
      // A page without a new one: the rest died later, or the letter that it began behind is gone.
      if (page.length < PAGE || found.size === size) return found;
      await turn();
    }
  }

  async function list(query: DeadLetterQuery = {}): Promise<readonly DeadLetter[]> {
    checkOptions(query, QUERY, "query");
    if (query.endpoint !== undefined) checkText(query.endpoint, "query.endpoint");
    if (query.limit !== undefined) checkInteger(query.limit, "query.limit", 1, MOST_LISTED);
    if (query.after !== undefined) checkText(query.after, "query.after");
    return outbox.deadLetters(query);
  }

  return Object.freeze({
    list,
    redrive: (item: string) => redrive(item),
    redriveAll,
    drop: (item: string) => outbox.cancel(item),
  } satisfies DeadLetters);
}

/** Lets the event loop turn: an outbox in memory answers without ever giving it a chance to. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** What raising a `webhook.dlq` event needs. */
export interface DeadLetterEventTools {
  readonly intake: Intake;
  readonly lanes: Lanes;
  readonly announcer: Announcer;
  readonly store: (event: WebhookEvent) => StoredEvent;
}

/** Tells those who ask for it that an event was given up, without the event's data. */
export class DeadLetterEvents {
  readonly #tools: DeadLetterEventTools;
  readonly #raising = new Set<Promise<void>>();
  #raised = 0;

  constructor(tools: DeadLetterEventTools) {
    this.#tools = tools;
  }

  /** Never about such an event itself, and never to the endpoint that failed: there is no loop. */
  raise(item: ClaimedItem, outcome: Outcome): void {
    if (item.event.type === DEAD_LETTER_TYPE) return;
    this.#raised += 1;
    const raising = this.#place(item, outcome).finally(() => this.#raising.delete(raising));
    this.#raising.add(raising);
  }

  /** Resolves when all are in the outbox: whether there were any since it was last asked. */
  async settled(): Promise<boolean> {
    while (this.#raising.size > 0) await Promise.all(this.#raising);
    const some = this.#raised > 0;
    this.#raised = 0;
    return some;
  }

  async #place({ endpoint, event }: ClaimedItem, outcome: Outcome): Promise<void> {
    const { intake, lanes, announcer, store } = this.#tools;
    const { id, type, severity, time } = event;
    const data = {
      endpoint,
      reason: outcome.reason,
      attempts: outcome.attempts,
      event: { id, type, severity, time: new Date(time).toISOString() },
    };
    const stored = store({ type: DEAD_LETTER_TYPE, severity: "error", data });
    try {
      await intake.place(
        stored,
        [...lanes.values()].filter((lane) => lane.endpoint.name !== endpoint),
      );
    } catch (error) {
      announcer.tell("failure", () => ({ endpoint, where: "outbox", error }));
    }
  }
}
