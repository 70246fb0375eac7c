import type { StoredEvent } from "../event/stored-event.ts";
import type { AttemptRecord } from "./record.ts";

/** One event on its way to one endpoint. */
export interface OutboxItem {
  /** The outbox's own name for this event at this endpoint. */
  readonly id: string;
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** What was sent, complete, as text and numbers. */
  readonly event: StoredEvent;
  /** Milliseconds since the epoch. A redrive sets it again. */
  readonly enqueuedAt: number;
  /** How many requests were made for it; those that a shutdown cut are not counted. */
  readonly attempts: number;
  /** When the first attempt began, in milliseconds since the epoch. Absent before it. */
  readonly firstAttemptAt?: number;
  /** The attempts themselves: the first and the latest ones, {@link MOST_RECORDS} at most. */
  readonly history: readonly AttemptRecord[];
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

/** An item in hand, until the lease ends. */
export interface ClaimedItem extends OutboxItem {
  /** Proves the claim. A later claim of the same item has another, and this one is then worth nothing. */
  readonly lease: string;
}

/** Why an event was given up, when, and a sentence about it. */
export interface Burial {
  /** `"exhausted"`, `"permanent"`: a stable word. */
  readonly reason: string;
  /** A sentence for a person. It may quote what the receiver answered. */
  readonly message: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** What was given up: the event, with its attempts and the reason. */
export interface DeadLetter extends OutboxItem {
  /** The reason for which it was given up, in a word and a sentence, and the time. */
  readonly burial: Burial;
}

/** Which dead letters to list, a page at a time. */
export interface DeadLetterQuery {
  /** Only those of this destination. Default: all endpoints. */
  readonly endpoint?: string;
  /** @default 100 */
  readonly limit?: number;
  /** Those after this item: the last one of the page before. */
  readonly after?: string;
}

/** What an endpoint is, beyond its definition. Kept with the queue, so that a 410 is remembered. */
export interface EndpointState {
  /** `true`: events are kept and not sent. */
  readonly disabled: boolean;
  /** Why it was disabled, in words: what the receiver answered or the application said. */
  readonly reason?: string;
  /** Since when it has been so, in milliseconds since the epoch. */
  readonly at?: number;
}

/** How many events wait, are claimed or are dead at one endpoint. */
export interface EndpointStats {
  /** Waiting to be claimed, now or later. */
  readonly pending: number;
  /** In hand: a request with them is under way, or their lease has not ended yet. */
  readonly claimed: number;
  /** Given up, and kept as dead letters. */
  readonly dead: number;
}

/** What becomes of a claimed item that did not arrive. */
export interface RetryPlan {
  /** When it may be claimed again, milliseconds since the epoch. */
  readonly at: number;
  /** The attempt that failed. Absent when there was none (a shutdown, a lost race): the count then stays. */
  readonly attempt?: AttemptRecord;
  /** How far a batch of several requests got. Absent: it begins at its first request. */
  readonly progress?: Progress;
}

/** Which items to take in hand, how many, and for how long. */
export interface ClaimRequest {
  /** Only items of this destination. */
  readonly endpoint: string;
  /** The time by which items are due, in milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds for which the items are nobody else's. */
  readonly lease: number;
  /** The most items to take, at least 1. */
  readonly limit: number;
  /**
   * `"fifo"`: only the oldest items, in the order in which they were enqueued, and none while an older one is claimed
   * or waits for its retry. `"due"`: whatever is due, earliest first.
   */
  readonly order: "due" | "fifo";
  /** Only these, whether they are due or not. For taking up an interrupted batch. */
  readonly ids?: readonly string[];
}

/** One place in the queue that is asked for. */
export interface Placement {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** When it may first be claimed, milliseconds since the epoch. */
  readonly at: number;
}

/** What became of a placement: a new item, or the one that was there already. */
export interface Placed {
  /** The destination's name, as it was asked for. */
  readonly endpoint: string;
  /** The outbox's own name for the event at this endpoint. */
  readonly item: string;
  /** `false` when this event was already enqueued for this endpoint; `item` is then the earlier one. */
  readonly created: boolean;
  /**
   * The earlier one has other content: another type, severity or data. What was enqueued now is not sent.
   * @default false
   */
  readonly conflict?: boolean;
}

/** How many attempts an item remembers: the first one and the latest of the rest. */
export const MOST_RECORDS = 32;

/** The outbox has no room for one of the endpoints. Nothing was enqueued, for no endpoint. */
export class OutboxFull extends Error {
  override readonly name = "OutboxFull";
  readonly code = "outbox_full";
  /** The destination whose queue is at its capacity. */
  readonly endpoint: string;

  constructor(endpoint: string) {
    super(
      `The outbox has no room for ${endpoint}: the event was not taken. Send it again later, or give it more room.`,
    );
    this.endpoint = endpoint;
  }
}

/**
 * Where events wait. It keeps *events*: bodies are made, signed and sent again at each claim. In memory here; durable
 * ones implement the same interface and run the same contract suite, `outboxContract` of
 * `@countersign/sender/testing`.
 *
 * Each method is atomic. A method whose claim is no longer valid changes nothing and says so with `false`.
 */
export interface Outbox {
  /**
   * Places one event at several endpoints, all or none. The same event id at the same endpoint is placed once, while
   * it waits, while it is a dead letter, and for a bounded time after it was done (ids that the sender made
   * itself need not be remembered).
   *
   * @throws OutboxFull
   */
  enqueue(event: StoredEvent, placements: readonly Placement[], now: number): Promise<readonly Placed[]>;
  /** Takes items in hand. An expired lease counts as none. */
  claim(request: ClaimRequest): Promise<readonly ClaimedItem[]>;
  /** Moves the end of a lease. */
  extend(item: ClaimedItem, until: number): Promise<boolean>;
  /** The item has arrived, or is to be forgotten. */
  done(item: ClaimedItem, now: number): Promise<boolean>;
  /** The item is to be tried again. */
  retry(item: ClaimedItem, plan: RetryPlan): Promise<boolean>;
  /** The item is given up, and kept. */
  bury(item: ClaimedItem, burial: Burial, attempt?: AttemptRecord): Promise<boolean>;
  /** Takes an item out that is not in hand: waiting, or dead. */
  cancel(item: string): Promise<boolean>;
  /** Puts a dead letter back into the queue as if it were new, its attempts forgotten. `false` when there is none. */
  redrive(item: string, now: number): Promise<boolean>;
  /** What was given up, oldest first, a page at a time. */
  deadLetters(query?: DeadLetterQuery): Promise<readonly DeadLetter[]>;
  /** When the endpoint has something to claim in this order, or `undefined` when nothing waits. May lie in the past. */
  nextDue(endpoint: string, order: "due" | "fifo"): Promise<number | undefined>;
  /** Items that wait, oldest first: for taking an endpoint's queue away. */
  pending(endpoint: string, limit: number): Promise<readonly OutboxItem[]>;
  /** What was last set for the endpoint; enabled when nothing was. */
  endpointState(endpoint: string): Promise<EndpointState>;
  /** Keeps the state as durably as the events. */
  setEndpointState(endpoint: string, state: EndpointState): Promise<void>;
  /** Counts the endpoint's items by state; all 0 for one that nobody knows. */
  stats(endpoint: string): Promise<EndpointStats>;
  /** Further calls reject. */
  close(): Promise<void>;
  /** For an outbox that other processes fill too: how often to look, in milliseconds. */
  readonly pollInterval?: number;
}

/** The history with one more attempt: the first one and the latest are kept. */
export function remember(history: readonly AttemptRecord[], attempt: AttemptRecord): readonly AttemptRecord[] {
  if (history.length < MOST_RECORDS) return [...history, attempt];
  return [history[0] as AttemptRecord, ...history.slice(2), attempt];
}
