import type { Cut } from "@countersign/core/event";
import type { AttemptErrorCode, Timings } from "../transport/transport.ts";

/** One of the several requests that a format made of one batch. */
export interface RequestPart {
  /** Its place among them, from 0. */
  readonly index: number;
  /** How many requests the format made of the batch. */
  readonly of: number;
}

/** One attempt, as it is kept and shown. It contains no secret, and of a URL only its origin. */
export interface AttemptRecord {
  /** Counts the attempts of the event: 1 for the first. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** How long each part took, in milliseconds. */
  readonly timings: Timings;
  /**
   * The first connection was closed before any byte of an answer, and the same bytes were sent again at once on another.
   * Absent otherwise.
   */
  readonly resent?: boolean;
  /** Absent when no answer came. */
  readonly status?: number;
  /** What went wrong, as a stable word. Absent on success. */
  readonly error?: AttemptErrorCode;
  /** A sentence about what went wrong, for a person. */
  readonly message?: string;
  /** The beginning of the answer's body, cut at a character and masked. Hostile text: escape it where you show it. */
  readonly excerpt?: string;
  /** The receiver answered more than the excerpt shows. */
  readonly excerptCut?: boolean;
  /** Origin to which a redirect pointed. It was not followed. */
  readonly location?: string;
  /** How many events the request carried: 1 unless the endpoint groups them. */
  readonly events: number;
  /** Which of a batch's requests it was. Absent where there is only one. */
  readonly request?: RequestPart;
  /** What the format left out because the platform has no room for it: the first twenty places. Absent where all of it went. */
  readonly cuts?: readonly Cut[];
}
