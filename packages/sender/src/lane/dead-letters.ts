import { checkInteger, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { Outbox } from "../outbox/outbox.ts";
import type { DeadLetter, RedriveAsk } from "../outbox/parts.ts";
import type { Lanes } from "./lanes.ts";

/** Which dead letters to list, a page at a time. */
export interface DeadLetterQuery {
  /** Only those of this destination. Default: all endpoints. */
  readonly endpoint?: string;
  /** The most of a page, from 1 to 10,000. @default 100 */
  readonly limit?: number;
  /** What the page before gave. It stays good when letters leave or come. Default: the first page. */
  readonly cursor?: string;
}

/** A page of dead letters with a cursor, which stays good while others come and leave. */
export interface DeadLetterPage {
  /** The letters with their attempts and reasons, in the order in which they were given up. */
  readonly letters: readonly DeadLetter[];
  /** For the next page. Absent after the last. */
  readonly cursor?: string;
}

/** What was given up: to look at, to send anew, or to forget. */
export interface DeadLetters {
  /** Oldest first, a page at a time. */
  list(query?: DeadLetterQuery): Promise<DeadLetterPage>;
  /** Puts one back into the queue as if it were new. `false` when there is none, or its endpoint was removed. */
  redrive(item: string): Promise<boolean>;
  /**
   * All of one endpoint, or all: those that are dead when it is called, so that it ends even where they die again at
   * once. Those of endpoints that were removed stay. Gives back how many.
   */
  redriveAll(endpoint?: string): Promise<number>;
  /** Forgets a letter for good. `false` when there is none of that name. */
  drop(item: string): Promise<boolean>;
}

const QUERY: KeysOf<DeadLetterQuery> = { endpoint: "optional", limit: "optional", cursor: "optional" };

/** How many are redriven at a time. */
const PAGE = 500;
/** The most that are listed at a time. */
const MOST_LISTED = 10_000;

/** The dead letters of an outbox. What is redriven wakes the lanes. */
export function createDeadLetters(outbox: Outbox, lanes: Lanes): DeadLetters {
  async function redrive(ask: RedriveAsk) {
    const answer = await outbox.redrive(ask);
    if (answer.moved > 0) for (const lane of lanes.values()) lane.kick(answer.moved);
    return answer;
  }

  async function redriveAll(endpoint?: string): Promise<number> {
    const which = endpoint === undefined ? {} : { endpoint: checkText(endpoint, "endpoint") };
    let count = 0;
    let before: { readonly before?: string } = {};
    for (;;) {
      const answer = await redrive({ ...which, limit: PAGE, ...before });
      count += answer.moved;
      if (!answer.more) return count;
      before = { before: answer.before };
      await turn();
    }
  }

  async function list(query: DeadLetterQuery = {}): Promise<DeadLetterPage> {
    checkOptions(query, QUERY, "query");
    const { endpoint, limit = 100, cursor } = query;
    const page = await outbox.list({
      state: "dead",
      limit: checkInteger(limit, "query.limit", 1, MOST_LISTED),
      ...(endpoint === undefined ? {} : { endpoint: checkText(endpoint, "query.endpoint") }),
      ...(cursor === undefined ? {} : { cursor: checkText(cursor, "query.cursor") }),
    });
    const letters = page.items as readonly DeadLetter[];
    return page.cursor === undefined ? { letters } : { letters, cursor: page.cursor };
  }

  return Object.freeze({
    list,
    redrive: async (item: string) => (await redrive({ items: [checkText(item, "item")] })).moved === 1,
    redriveAll,
    drop: async (item: string) => (await outbox.cancel([checkText(item, "item")])) === 1,
  } satisfies DeadLetters);
}

/** Lets the event loop turn: an outbox in memory answers without ever giving it a chance to. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
