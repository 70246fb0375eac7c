import { type ClockOption, resolveClock, within } from "../time/clock.ts";
import { type Duration, LONGEST_TIMER, parseDuration } from "../time/duration.ts";
import { ReplayStoreError, warn } from "./trouble.ts";

/** How long a store waits for its server. */
export interface PatienceOptions {
  /**
   * How long the server may take to answer one operation before the store gives up with `store_silent`; default `"10s"`.
   * A verifier waits for `replay.wait` only; this ends what waits behind it. A server that has answered nothing at all
   * meanwhile is left in peace for as long again, so that the client's own `socketTimeout` sees an idle connection and
   * ends it: some count what is sent as a sign of life.
   */
  readonly timeout?: Duration;
  /** Where the time comes from; default the system's. */
  readonly clock?: ClockOption;
}

/**
 * Gives up an operation that is not answered: a connection whose other end has gone without a word answers never, and
 * what waits for it would be kept for ever. Said once for each silence.
 *
 * @param mend which options of the clients end such a connection
 */
export function patient<Args extends unknown[], T>(
  ask: (...args: Args) => Promise<T>,
  { timeout = "10s", clock: option }: PatienceOptions,
  service: string,
  mend: string,
): (...args: Args) => Promise<T> {
  const milliseconds = parseDuration(timeout, "timeout", 1, LONGEST_TIMER);
  const clock = resolveClock(option);
  const now = (): number => clock.monotonic?.() ?? clock.now();
  let answered = Number.NEGATIVE_INFINITY;
  let silentUntil = Number.NEGATIVE_INFINITY;
  let said = false;

  function hear(): void {
    answered = now();
    silentUntil = Number.NEGATIVE_INFINITY;
    said = false;
  }
  function silent(): ReplayStoreError {
    const message = `${service} has not answered the replay store for ${milliseconds} ms. It hangs, or the connection is half open and will never answer: ${mend}.`;
    if (!said) warn("store_silent", message);
    said = true;
    return new ReplayStoreError("store_silent", message);
  }

  return async (...args) => {
    const asked = now();
    if (asked < silentUntil) throw silent();
    const answer = ask(...args);
    // An error is a sign of life too: the server's, or the client's own that has given the connection up.
    answer.then(hear, hear);
    return within(clock, milliseconds, answer, () => {
      // In a pool, one connection may be dead while the others work.
      if (answered > asked)
        throw new ReplayStoreError(
          "store_silent",
          `${service} left one operation unanswered for ${milliseconds} ms: ${mend}.`,
        );
      silentUntil = now() + milliseconds;
      throw silent();
    });
  };
}
