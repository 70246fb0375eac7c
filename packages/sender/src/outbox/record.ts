import type { AttemptErrorCode, Timings } from "../transport/transport.ts";

/** One attempt, as it is kept and shown. It contains no secret, and of a URL only its origin. */
export interface AttemptRecord {
  /** 1 for the first. */
  readonly number: number;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly timings: Timings;
  /** Absent when no answer came. */
  readonly status?: number;
  /** Absent on success. */
  readonly error?: AttemptErrorCode;
  /** A sentence on the error. */
  readonly message?: string;
  /** The beginning of the answer's body, cut at a character and masked. Hostile text: escape it where you show it. */
  readonly excerpt?: string;
  /** There was more of the answer than the excerpt. */
  readonly excerptCut?: boolean;
  /** Origin to which a redirect pointed. It was not followed. */
  readonly location?: string;
  /** How many events the request carried, and which of how many requests it was. */
  readonly events: number;
  readonly request?: { readonly index: number; readonly of: number };
}
