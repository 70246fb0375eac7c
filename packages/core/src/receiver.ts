import type { Answer } from "./answer.ts";
import type { Clock } from "./clock.ts";
import type { Deadlines } from "./deadlines.ts";
import type { Incoming } from "./incoming.ts";
import type { Maybe } from "./maybe.ts";
import type { RequestHead } from "./request.ts";

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
