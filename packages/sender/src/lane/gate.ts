import type { Clock } from "@countersign/core";
import type { Endpoint } from "../endpoint/define.ts";
import type { EndpointState } from "../outbox/parts.ts";
import { Breaker } from "../pace/breaker.ts";
import { Rate } from "../pace/rate.ts";
import type { Turn } from "../transport/turns.ts";
import { Naps } from "./alarm.ts";
import type { SharedState } from "./shared-state.ts";

/** What a request that has ended changed. */
export interface Change {
  /** The breaker opened or closed by it. */
  readonly breaker: "opened" | "closed" | undefined;
  /** When the breaker lets attempts through again; 0 while it is closed. */
  readonly openUntil: number;
  /** For how long all processes are to leave the endpoint alone. Absent where nothing changed. */
  readonly leaveAlone?: number;
}

/** Whether an endpoint may be called now: by its rate, by its breaker, and by what it asked for, here or elsewhere. */
export class Gate {
  readonly #clock: Clock;
  readonly #state: SharedState;
  readonly #naps: Naps;
  #breaker: Breaker | undefined;
  #rate: Rate | undefined;
  #pausedUntil = 0;
  /** Requests under way that wait for the rate. */
  #waiting = 0;
  #stopped = false;

  constructor(endpoint: Endpoint, state: SharedState, clock: Clock) {
    this.#clock = clock;
    this.#state = state;
    this.#naps = new Naps(clock);
    this.redefine(endpoint);
  }

  /** Counts anew by another definition. */
  redefine({ breaker, rate }: Endpoint): void {
    this.#breaker = breaker === undefined ? undefined : new Breaker(breaker);
    this.#rate = rate === undefined ? undefined : new Rate(rate.requests, rate.per);
  }

  get breakerOpen(): boolean {
    return this.breakerUntil !== 0;
  }

  /** When the breaker lets attempts through again; 0 while it is closed. */
  get breakerUntil(): number {
    return this.#breaker?.openUntil ?? 0;
  }

  /** Whether the breaker lets nothing through now. */
  isShut(now: number): boolean {
    return this.#breaker?.room(now) === 0;
  }

  /** Until when the receiver asked to be left alone. */
  get pauseEnd(): number {
    return Math.max(this.#pausedUntil, this.#state.pausedUntil);
  }

  /** When the rate gives room again. */
  get nextAt(): number {
    return this.#rate?.nextAt() ?? 0;
  }

  /** How many requests may begin now. */
  room(now: number): number {
    if (now < this.pauseEnd) return 0;
    const byRate = this.#rate === undefined ? Number.POSITIVE_INFINITY : this.#rate.room(now) - this.#waiting;
    return Math.min(Math.max(0, byRate), this.#breaker?.room(now) ?? Number.POSITIVE_INFINITY);
  }

  /** When there is room again. */
  opensAt(): number {
    return Math.max(this.pauseEnd, this.breakerUntil, this.nextAt);
  }

  /** Whether only the rate holds back, and gives room until then. */
  rateGivesRoom(now: number, until: number): boolean {
    if (this.#rate === undefined) return false;
    return now >= this.pauseEnd && !this.isShut(now) && this.#rate.nextAt() <= until;
  }

  /** A request is about to begin. The first of a batch was given its room; further ones wait for theirs. */
  begin(turn: Turn): Promise<void> | undefined {
    this.#breaker?.begin();
    const rate = this.#rate;
    if (rate === undefined) return undefined;
    if (rate.room(this.#clock.now()) === 0) return this.#awaitRoom(rate, turn);
    rate.take(this.#clock.now());
    return undefined;
  }

  /** A request has ended: whether it says that the endpoint is ill, and for how long it asked to be left alone. */
  ended(failed: boolean, asked: number): Change {
    const now = this.#clock.now();
    if (asked > 0) this.#pausedUntil = Math.max(this.#pausedUntil, now + asked);
    const before = this.breakerUntil;
    const breaker = this.#breaker?.report(failed, now);
    const openUntil = this.breakerUntil;
    if (asked === 0 && openUntil === before) return { breaker, openUntil };
    return { breaker, openUntil, leaveAlone: Math.max(openUntil, this.#pausedUntil) - now };
  }

  /** A request that began could not be made: nothing begins for so many milliseconds. */
  unmade(pause: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#clock.now() + pause);
    this.#breaker?.forget();
  }

  /** Another process may have found the endpoint ill, or well again. */
  heed(before: EndpointState | undefined, state: EndpointState | undefined): void {
    if (state?.version === before?.version) return;
    if (state?.breaker) this.#breaker?.open(this.#state.pausedUntil, this.#clock.now());
    else if (before?.breaker) this.#breaker?.close();
  }

  /** Nobody waits for the rate any more. */
  stop(): void {
    this.#stopped = true;
    this.#naps.end();
  }

  async #awaitRoom(rate: Rate, turn: Turn): Promise<void> {
    this.#waiting += 1; // So that no new batch takes the room first.
    while (!this.#stopped && rate.room(this.#clock.now()) === 0) {
      await turn.interrupt(() => this.#naps.nap(rate.nextAt() - this.#clock.now()));
    }
    this.#waiting -= 1;
    rate.take(this.#clock.now());
  }
}
