import type { Clock } from "@countersign/core";
import { checkOptions, type KeysOf } from "@countersign/core/checks";
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
  /** All of one endpoint, or all. Gives back how many. */
  redriveAll(endpoint?: string): Promise<number>;
  /** Forgets a letter for good. `false` when there is none of that name. */
  drop(item: string): Promise<boolean>;
}

const QUERY: KeysOf<DeadLetterQuery> = { endpoint: "optional", limit: "optional", after: "optional" };

/** How many are redriven at a time. */
const PAGE = 500;

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
    let count = 0;
    for (;;) {
      const page = await outbox.deadLetters({ limit: PAGE, ...(endpoint === undefined ? {} : { endpoint }) });
      let moved = 0;
      for (const letter of page) if (await redrive(letter.id, letter.endpoint)) moved += 1;
      count += moved;
      if (moved === 0) return count;
    }
  }

  async function list(query: DeadLetterQuery = {}): Promise<readonly DeadLetter[]> {
    checkOptions(query, QUERY, "query");
    return outbox.deadLetters(query);
  }

  return Object.freeze({
    list,
    redrive: (item: string) => redrive(item),
    redriveAll,
    drop: (item: string) => outbox.cancel(item),
  } satisfies DeadLetters);
}

/** What raising a `webhook.dlq` event needs. */
export interface DeadLetterEventTools {
  readonly intake: Intake;
  readonly lanes: Lanes;
  readonly announcer: Announcer;
  readonly store: (event: WebhookEvent) => StoredEvent;
}

/**
 * Tells those who ask for it that an event was given up, without the event's data. Never about such an event itself,
 * and never to the endpoint that failed: there is no loop.
 */
export async function raiseDeadLetter(
  { endpoint, event }: ClaimedItem,
  outcome: Outcome,
  { intake, lanes, announcer, store }: DeadLetterEventTools,
): Promise<void> {
  if (intake.closed || event.type === DEAD_LETTER_TYPE) return;
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
