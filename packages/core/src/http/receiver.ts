import type { RequestHead } from "../head/head.ts";
import type { Maybe } from "../lib/promises.ts";
import type { Answer } from "../receive/answer.ts";
import type { Incoming } from "../receive/incoming.ts";
import type { Clock } from "../time/clock.ts";
import type { Deadlines } from "../time/deadlines.ts";

/** The part of a verifier that reading a request needs. */
export interface Receiver<Context = unknown> {
  /**
   * Judges the head alone: a promise only where the secret has to be looked up. An `Answer` is what to reply without
   * reading the body; else feed the body to the `Incoming` and `finish()` it.
   */
  begin(request: RequestHead, context?: Context): Maybe<Incoming | Answer>;
  /** What adapters must know. */
  readonly settings: {
    readonly limit: number;
    readonly timeout: number;
    readonly deadlines: Deadlines;
    readonly manual: boolean;
    readonly onDuplicate: string;
    readonly clock: Clock;
  };
}
