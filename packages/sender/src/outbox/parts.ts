import type { StoredEvent } from "../event/stored-event.ts";
import type { Placed, Placing } from "./placing.ts";
import type { AttemptRecord } from "./record.ts";

/** How many attempts an item remembers: the first one and the latest of the rest. */
export const MOST_RECORDS = 32;

/** One event on its way to one endpoint. */
export interface OutboxItem {
  /** The outbox's own name for this event at this endpoint. */
  readonly id: string;
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** Counts the endpoints that had this name, from 1: it goes to no other than this. */
  readonly generation: number;
  /** What was sent, complete, as text and numbers. */
  readonly event: StoredEvent;
  /** Milliseconds since the epoch, by the store's clock. A redrive sets it again. */
  readonly enqueuedAt: number;
  /** How many requests were made for it; those that a shutdown cut are not counted. */
  readonly attempts: number;
  /** What of a batch of several requests has already arrived. */
  readonly progress?: Progress;
}

/** A batch of several requests that was interrupted. All of its items have the same. */
export interface Progress {
  /** The outbox's names for what the batch carries, in the order of its bodies. */
  readonly items: readonly string[];
  /** How many of its requests were accepted. A further attempt begins behind them. */
  readonly sent: number;
}

/** A claim on an item, with the token that proves it. */
export interface ClaimRef {
  /** The outbox's own name for the item that is held. */
  readonly id: string;
  /** A fencing token: each claim of an item has a higher one, and an older one is then worth nothing. */
  readonly token: number;
}

/** An item in hand, until the lease ends and another takes it. */
export interface ClaimedItem extends OutboxItem, ClaimRef {
  /** Milliseconds since it was enqueued. */
  readonly age: number;
  /** Milliseconds since its first attempt began. Absent before that. */
  readonly tried?: number;
}

/** How many items of one endpoint are wanted, in which order, and for how long. */
export interface Room {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** Which of the endpoints that had this name; nothing is given of another. */
  readonly generation: number;
  /** The most items to take of it, at least 1. */
  readonly limit: number;
  /** Milliseconds for which the items are nobody else's. */
  readonly lease: number;
  /**
   * `"fifo"`: only the oldest items, in the order in which they were enqueued, and none while an older one is claimed
   * or waits for its retry. `"due"`: whatever is due, earliest first.
   */
  readonly order: "due" | "fifo";
  /** Takes also what is due within so many milliseconds. @default 0 */
  readonly early?: number;
  /**
   * The endpoint is the owner's alone, for so many milliseconds from now and for as long as he has something of it in hand:
   * others are given nothing. For what one process must count, a rate. Default: shared.
   */
  readonly exclusive?: number;
}

/** Who asks for items to deliver, of which endpoints, and how many in all. */
export interface ClaimAsk {
  /** The process that asks, by a name that no other has: a random UUID. */
  readonly owner: string;
  /** The most items in all. A batch that was interrupted is not cut for it. */
  readonly total: number;
  /** The endpoints that have room for requests, each of them once. */
  readonly room: readonly Room[];
}

/** What became of a claimed item. */
export type Result = ClaimRef & {
  /** The attempt on which it rests. Absent when there was none (a shutdown, a lost race): the count then stays. */
  readonly attempt?: AttemptRecord;
} & (
    | {
        /** `"done"`: it has arrived. `"discard"`: it is too old, and not kept. */
        readonly kind: "done" | "discard";
      }
    | {
        /** To be tried again. */
        readonly kind: "retry";
        /** Milliseconds from now before which it is not claimed. */
        readonly delay: number;
        /** How far a batch of several requests got. Absent: it begins at its first request. */
        readonly progress?: Progress;
      }
    | {
        /** Given up, and kept as a dead letter. */
        readonly kind: "bury";
        /** `"exhausted"`, `"permanent"`: a stable word. */
        readonly reason: string;
        /** A sentence for a person. It may quote what the receiver answered. */
        readonly message: string;
        /** Events that follow from it, enqueued in the same transaction, whatever the capacity. Default: none. */
        readonly raised?: readonly Placing[];
      }
  );

/** What {@link Outbox.finish} did with one result. */
export interface Finished {
  /** The outbox's own name for the item of that result. */
  readonly id: string;
  /** `false`: the claim was another's by then, and nothing was changed. */
  readonly held: boolean;
  /** Its endpoint is gone: instead of waiting for another attempt it was cancelled. @default false */
  readonly cancelled?: boolean;
  /** What became of the events that followed from it, a list for each. */
  readonly raised?: readonly (readonly Placed[])[];
}

/** Why an event was given up, when, and a sentence about it. */
export interface Burial {
  /** `"exhausted"`, `"permanent"`: a stable word. */
  readonly reason: string;
  /** A sentence for a person. It may quote what the receiver answered. */
  readonly message: string;
  /** Milliseconds since the epoch, by the store's clock. */
  readonly at: number;
}

/** What was given up: the event, with its attempts and the reason. */
export interface DeadLetter extends OutboxItem {
  /** The reason for which it was given up, in a word and a sentence, and the time. */
  readonly burial: Burial;
  /** The attempts: the first and the latest ones, {@link MOST_RECORDS} at most. */
  readonly history: readonly AttemptRecord[];
}

/** Which items to list, a page at a time. */
export interface ListAsk {
  /** What waits for an attempt, or what was given up. */
  readonly state: "waiting" | "dead";
  /** Only those of this destination. Default: all endpoints. */
  readonly endpoint?: string;
  /** The most of a page, at least 1. */
  readonly limit: number;
  /** What the page before gave. It stays good when items leave or come. Default: the first page. */
  readonly cursor?: string;
}

/** Some of the items that were asked for, and where the next ones begin. */
export interface Page {
  /** In order. Those that are dead are {@link DeadLetter}s. */
  readonly items: readonly (OutboxItem & Partial<Pick<DeadLetter, "burial" | "history">>)[];
  /** For the next page. Absent after the last. */
  readonly cursor?: string;
}

/** Which dead letters to put back: some by name, or those of a time. */
export type RedriveAsk =
  | {
      /** The outbox's names of letters. Those that are none are passed over. */
      readonly items: readonly string[];
    }
  | {
      /** Only those of this destination. Default: all endpoints. */
      readonly endpoint?: string;
      /** The most at a time, at least 1. */
      readonly limit: number;
      /** Only letters that were dead at the first call, as its answer says: what dies again is not among them. Default: now. */
      readonly before?: string;
    };

/** What {@link Outbox.redrive} did. A letter whose endpoint was removed stays: it is not the next one's of that name. */
export interface Redriven {
  /** How many are back in the queue. */
  readonly moved: number;
  /** There may be others; ask again, with `before`. */
  readonly more: boolean;
  /** For the next call: the moment of the first. */
  readonly before: string;
}

/** What an endpoint is, beyond its definition. Kept with the queue, for all processes. */
export interface EndpointState {
  /** Counts the endpoints that had this name, from 1. */
  readonly generation: number;
  /** Counts the changes of the state: what a further change has to name. */
  readonly version: number;
  /** `true`: events are kept and not sent. */
  readonly disabled: boolean;
  /** Why it was disabled, in words: what the receiver answered or the application said. */
  readonly reason?: string;
  /** When it was last changed, in milliseconds since the epoch, by the store's clock. Absent when it never was. */
  readonly at?: number;
  /** Milliseconds from now for which nothing is claimed; 0 when it may be. */
  readonly pausedFor: number;
  /** The pause is a circuit breaker's: what comes after it is a trial. */
  readonly breaker: boolean;
}

/** What {@link Outbox.setEndpointState} sets: all of it. */
export interface StateChange {
  /** `true`: events are kept and not sent. */
  readonly disabled: boolean;
  /** Why it is disabled. Default: none. */
  readonly reason?: string;
  /** Milliseconds from now for which nothing is claimed. @default 0 */
  readonly pausedFor?: number;
  /** The pause is a circuit breaker's. @default false */
  readonly breaker?: boolean;
}

/** The endpoints that a process wants to know about, before it claims of them. */
export interface LookAsk {
  /** As in {@link ClaimAsk.owner}: what is another's alone is not due for him. */
  readonly owner: string;
  /** The endpoints by name, each of them once, with the order in which it is sent to. */
  readonly endpoints: readonly Pick<Room, "endpoint" | "order">[];
}

/** When an endpoint has something to claim, and what state it is in. */
export interface Look {
  /** The destination's name, as it was asked for. */
  readonly endpoint: string;
  /**
   * Milliseconds until it has something to claim, 0 or less when it has. Absent when nothing waits, or while it is
   * disabled. A lease that ends counts.
   */
  readonly due?: number;
  /** Whether it is disabled or paused, as all processes see it. */
  readonly state: EndpointState;
}

/** How many events wait, are claimed or are dead at one endpoint. */
export interface EndpointStats {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** Waiting to be claimed, now or later. */
  readonly pending: number;
  /** In hand: a request with them is under way, or their lease has not ended yet. */
  readonly claimed: number;
  /** Given up, and kept as dead letters. */
  readonly dead: number;
  /** Milliseconds for which the longest-due of those that wait has been due. Absent when none is. */
  readonly overdue?: number;
}

/** How an event ended at its endpoint, whichever process brought it there. */
export interface ItemOutcome {
  /** The outbox's own name for the event at its endpoint. */
  readonly id: string;
  /** `"dead"` is the end only until it is redriven. */
  readonly status: "delivered" | "dead" | "discarded" | "cancelled";
  /** For the dead: `"exhausted"` or `"permanent"`. */
  readonly reason?: string;
  /** Requests that were made for the event there, the last one included. */
  readonly attempts: number;
}

/** The history with one more attempt: the first one and the latest are kept. */
export function remember(history: readonly AttemptRecord[], attempt: AttemptRecord): readonly AttemptRecord[] {
  if (history.length < MOST_RECORDS) return [...history, attempt];
  return [history[0] as AttemptRecord, ...history.slice(2), attempt];
}
