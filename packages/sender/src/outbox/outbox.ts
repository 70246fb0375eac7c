import type { MaybePromise } from "@countersign/core/adapter";
import type {
  ClaimAsk,
  ClaimedItem,
  ClaimRef,
  EndpointStats,
  Finished,
  ItemOutcome,
  ListAsk,
  Look,
  LookAsk,
  Page,
  RedriveAsk,
  Redriven,
  Result,
  StateChange,
} from "./parts.ts";
import type { EnqueueOptions, Placed, Placing } from "./placing.ts";
import type { AttemptRecord } from "./record.ts";

/**
 * Where events wait. It keeps *events*: bodies are made, signed and sent again at each claim. In memory here; the durable
 * ones of `@countersign/outbox` implement the same interface, and all run `outboxContract` of
 * `@countersign/sender/testing`.
 *
 * Each method is one transaction: all of it or nothing. All times are the store's own: callers give and are given
 * durations, so that a machine whose clock is wrong takes nobody's claim. What a method is asked with a claim that another
 * has taken since changes nothing, and the answer says so.
 *
 * What each event comes by (`enqueue`, `claim`, `finish`, `look`) may be answered without a promise, where nothing has to be
 * waited for. What goes wrong is a promise that rejects, always.
 *
 * `Tx` is what the store can enqueue in, of the caller's.
 */
export interface Outbox<Tx = never> {
  /**
   * Places events, each at several endpoints: all or none. The same event id at the same endpoint is placed once, while it
   * waits, while it is a dead letter, and for a bounded time after it was done; two that come at once are one. Ids that the
   * sender made itself need not be remembered. Gives back a list for each event.
   *
   * @throws OutboxFull
   */
  enqueue(events: readonly Placing[], options?: EnqueueOptions<Tx>): MaybePromise<readonly (readonly Placed[])[]>;
  /**
   * Takes due items of all endpoints that have room, the longest-due endpoint first. Nothing of an endpoint that is
   * disabled, paused, or of another generation. A lease that has ended counts as none. Members of an interrupted batch
   * come together, as one, whatever the limit.
   */
  claim(ask: ClaimAsk): MaybePromise<readonly ClaimedItem[]>;
  /** Holds claims for another `lease` milliseconds from now. Gives back those that are still the caller's: it stops the others. */
  extend(claims: readonly ClaimRef[], lease: number): Promise<readonly ClaimRef[]>;
  /**
   * Writes down what became of claimed items, with the attempts and the events that follow from it. Asked a second time
   * with the same, as after a lost connection, it changes nothing and gives the same answer.
   */
  finish(results: readonly Result[]): MaybePromise<readonly Finished[]>;
  /**
   * Takes from an owner all that he has claimed, but for the items that he still knows of, without an attempt: when he shuts
   * down, and when the answer to a claim of his was lost. Gives back how many.
   */
  release(owner: string, except?: readonly string[]): Promise<number>;
  /** When endpoints have something to claim, and their state: one question, in the order in which it was asked. */
  look(ask: LookAsk): MaybePromise<readonly Look[]>;
  /**
   * Sets an endpoint's state, if it still has the version that the caller has seen. `false`: another was faster; look, and
   * decide again.
   */
  setEndpointState(endpoint: string, version: number, next: StateChange): Promise<boolean>;
  /**
   * The endpoint of this generation is gone: what waits is cancelled, and so is what is in hand, unless it arrives. Its dead
   * letters stay. The next of its name has another generation, and its state is as new. Gives back how many were waiting;
   * 0 when it was gone already.
   */
  removeEndpoint(endpoint: string, generation: number): Promise<number>;
  /** Takes out items that are not in hand: waiting, or dead. Gives back how many. */
  cancel(items: readonly string[]): Promise<number>;
  /** What waits (in the order of arrival) or is dead (in the order of burial), a page at a time. */
  list(ask: ListAsk): Promise<Page>;
  /** Puts dead letters back into the queue as if they were new, behind all others, their attempts forgotten. */
  redrive(ask: RedriveAsk): Promise<Redriven>;
  /** What was tried for an item: the first attempt and the latest, {@link MOST_RECORDS} at most. */
  attempts(item: string): Promise<readonly AttemptRecord[]>;
  /** How items ended, of those that have and are remembered, whichever process it was. */
  outcomes(items: readonly string[]): Promise<readonly ItemOutcome[]>;
  /** Counts of the endpoints, or of all that have items. */
  stats(endpoints?: readonly string[]): Promise<readonly EndpointStats[]>;
  /** Calls back when another process may have enqueued something. Without it, one look each `pollInterval`. */
  wake?(onWork: () => void): () => void;
  /** Waits for the calls under way. Further ones reject. */
  close(): Promise<void>;
  /**
   * For an outbox that renews claims by itself while the process lives: how often, in milliseconds. Its leases end a few
   * of them after the process has stood still, however long was asked for. A request that begins later than that after its
   * claim makes sure of it first.
   */
  readonly heartbeat?: number;
  /** For an outbox that other processes fill too: how often to look, in milliseconds. */
  readonly pollInterval?: number;
}
