import type { StoredEvent } from "../event/stored-event.ts";

/** One place in the queue that is asked for. */
export interface Placement {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /** Which of the endpoints of that name, as {@link EndpointState.generation} says: nothing is placed for one that is gone. */
  readonly generation: number;
  /** Milliseconds from now before which it is not claimed. @default 0 */
  readonly delay?: number;
  /** `"fifo"`: it comes behind everything that is committed for the endpoint before it. @default "due" */
  readonly order?: "due" | "fifo";
}

/** An event, and the endpoints that it is to be enqueued for. */
export interface Placing {
  /** What was sent, complete, as text and numbers. */
  readonly event: StoredEvent;
  /** Where it is to go, each endpoint once; with none it goes nowhere. */
  readonly placements: readonly Placement[];
}

/** What became of a placement: a new item, or the one that was there already. */
export interface Placed {
  /** The destination's name, as it was asked for. */
  readonly endpoint: string;
  /** The outbox's own name for the event at this endpoint; empty where the endpoint was removed. */
  readonly item: string;
  /** `false` when this event was already enqueued for this endpoint; `item` is then the earlier one. */
  readonly created: boolean;
  /**
   * The earlier one has other content: another type, severity or data. What was enqueued now is not sent.
   * @default false
   */
  readonly conflict?: boolean;
  /** The endpoint of that generation is gone: nothing was enqueued for it. @default false */
  readonly removed?: boolean;
}

/** Options of {@link Outbox.enqueue}. */
export interface EnqueueOptions<Tx> {
  /**
   * The caller's own open transaction: what is enqueued is there if and only if it commits. Nobody is told before. It is
   * the caller's to commit, and nothing is ever delivered inside it.
   */
  readonly tx?: Tx;
}

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
