import type { AttemptRecord } from "../outbox/record.ts";

/** How an event ended at one endpoint. */
export interface Outcome {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /**
   * - `"delivered"`: accepted;
   * - `"dead"`: given up, and kept as a dead letter;
   * - `"discarded"`: too old, or no room at a lossy endpoint;
   * - `"cancelled"`: taken out, with its endpoint or by hand;
   * - `"duplicate"`: the same event id had gone to this endpoint before;
   * - `"conflict"`: the same event id had gone there before with other content, and this one was not sent;
   * - `"pending"`: still in the outbox when the sender closed.
   */
  readonly status: "delivered" | "dead" | "discarded" | "cancelled" | "duplicate" | "conflict" | "pending";
  /** For the dead: `"exhausted"` or `"permanent"`. */
  readonly reason?: string;
  /** Requests that were made for the event there, the last one included. */
  readonly attempts: number;
  /** The attempts: the first and the latest. */
  readonly history: readonly AttemptRecord[];
}

/** What became of an event at one endpoint when it was sent. */
export interface SendPlacement {
  /** The destination's name, as it was defined. */
  readonly endpoint: string;
  /**
   * - `"queued"`: in the outbox;
   * - `"duplicate"`: the same event id had gone to this endpoint before;
   * - `"conflict"`: the same event id had gone there before with another type, severity or data; this one is not sent;
   * - `"dropped"`: no room at a lossy endpoint;
   * - `"removed"`: the endpoint was removed meanwhile.
   */
  readonly status: "queued" | "duplicate" | "conflict" | "dropped" | "removed";
}

/** What `send` gives back once the event is in the outbox. */
export interface SendHandle {
  /** The event's id, made by the sender when it had none. */
  readonly id: string;
  /** Where it was placed, or why not. An endpoint whose filter did not want it is not in the list. */
  readonly placements: readonly SendPlacement[];
  /**
   * Resolves when the event has ended at each of these endpoints, whichever process brought it there. It never rejects.
   */
  outcome(): Promise<readonly Outcome[]>;
}
