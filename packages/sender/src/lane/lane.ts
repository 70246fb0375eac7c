import type { Clock } from "@countersign/core";
import type { Endpoint } from "../endpoint/define.ts";
import type { Announcer } from "../hooks.ts";
import type { ClaimedItem, EndpointState, Outbox } from "../outbox/outbox.ts";
import { Breaker } from "../pace/breaker.ts";
import { Rate } from "../pace/rate.ts";
import { type BatchTools, deliver, type LaneSide } from "./batch.ts";
import type { Standing } from "./explain.ts";
import { LEASE_MARGIN } from "./regroup.ts";
import { WriteDown } from "./write-down.ts";

/** The longest that Node's timers can wait at once. */
const LONGEST_TIMER = 2_147_483_647;
/** After a failure of the outbox. */
const OUTBOX_PAUSE = 1_000;

/** What a lane works with. */
export interface LaneTools extends BatchTools {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly announcer: Announcer;
}

/**
 * One endpoint's way out: takes its events from the outbox when there is something to take and room to send it, and
 * knows nothing of the other endpoints, so that none of them waits for this one.
 */
export class Lane {
  endpoint: Endpoint;
  readonly #tools: LaneTools;
  #breaker: Breaker | undefined;
  #rate: Rate | undefined;
  #state: EndpointState | undefined;
  #stopped = false;
  #removed = false;
  /** Until when what is due is sent, once the sender closes. */
  #closing: { readonly until: number } | undefined;
  #pumping = false;
  #again = false;
  #inFlight = 0;
  /** Requests under way that wait for the rate. */
  #waiting = 0;
  /** Enqueued since the last batch was taken, and when the window closes that they wait for. */
  #fresh = 0;
  #windowEnd = 0;
  #pausedUntil = 0;
  #timer: { at: number; handle: unknown } | undefined;
  #idle: (() => void)[] = [];
  #settling: (() => void)[] = [];
  /** Ends the waits of requests under way for the rate. */
  readonly #interrupts = new Set<() => void>();

  constructor(endpoint: Endpoint, tools: LaneTools) {
    this.endpoint = endpoint;
    this.#tools = tools;
    this.#breaker = endpoint.breaker === undefined ? undefined : new Breaker(endpoint.breaker);
    this.#rate = endpoint.rate === undefined ? undefined : new Rate(endpoint.rate.requests, endpoint.rate.per);
  }

  get disabled(): boolean {
    return !this.endpoint.enabled || (this.#state?.disabled ?? false);
  }

  get state(): EndpointState | undefined {
    return this.#state;
  }

  get breakerOpen(): boolean {
    return (this.#breaker?.openUntil ?? 0) !== 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** What would hold back an event that was sent now, as `explain` reads it. */
  async standing(): Promise<Standing> {
    const { outbox, clock } = this.#tools;
    const { endpoint } = this;
    this.#state ??= await outbox.endpointState(endpoint.name);
    const head = endpoint.order === "fifo" ? await outbox.nextDue(endpoint.name, "fifo") : undefined;
    const now = clock.now();
    const { throttle } = endpoint;
    return {
      disabled: this.disabled ? (this.#state?.reason ?? "its definition says enabled: false.") : undefined,
      // While the one attempt that decides is under way, there is no telling when.
      breaker: this.#breaker?.room(now) === 0 ? Math.max(now + 1, this.#breaker.openUntil) : 0,
      asked: this.#pausedUntil,
      rate: this.#rate?.nextAt() ?? 0,
      window: throttle === undefined || now < this.#windowEnd ? this.#windowEnd : now + throttle.window,
      head: head ?? 0,
      busy: this.#inFlight >= endpoint.concurrency,
    };
  }

  /** Another definition of the same endpoint. What is under way ends by the old one. */
  redefine(endpoint: Endpoint): void {
    this.endpoint = endpoint;
    this.#breaker = endpoint.breaker === undefined ? undefined : new Breaker(endpoint.breaker);
    this.#rate = endpoint.rate === undefined ? undefined : new Rate(endpoint.rate.requests, endpoint.rate.per);
    this.kick();
  }

  /** Something may be there to send. */
  kick(enqueued = 0): void {
    this.#fresh += enqueued;
    if (this.#stopped) {
      this.#tellSettled();
      return;
    }
    if (this.#pumping) {
      this.#again = true;
      return;
    }
    this.#pumping = true;
    queueMicrotask(this.#startPump);
  }

  async setState(state: EndpointState): Promise<void> {
    await this.#tools.outbox.setEndpointState(this.endpoint.name, state);
    this.#state = state;
    const { name } = this.endpoint;
    if (state.disabled) this.#tools.announcer.tell("disabled", () => ({ endpoint: name, reason: state.reason ?? "" }));
    else this.#tools.announcer.tell("enabled", () => ({ endpoint: name }));
    this.kick();
  }

  /** Takes nothing more. What is under way ends by itself, without waiting for the rate. */
  stop(): void {
    this.#stopped = true;
    this.#clearTimer();
    this.#tellIdle();
    for (const interrupt of this.#interrupts) interrupt();
  }

  /** The endpoint is gone: what does not arrive from here on is cancelled. */
  remove(): void {
    this.#removed = true;
    this.stop();
  }

  /** Resolves when nothing is in hand any more: for a lane that was stopped. */
  settled(): Promise<void> {
    return new Promise((resolve) => {
      this.#settling.push(resolve);
      this.#tellSettled();
    });
  }

  /**
   * Resolves when nothing is under way and nothing is due: waits for retries are not waited out, and the rate only
   * where it gives room before the time.
   */
  drain(until: number): Promise<void> {
    this.#closing = { until };
    return new Promise((resolve) => {
      this.#idle.push(resolve);
      this.kick();
    });
  }

  readonly #startPump = (): void => void this.#pump();

  async #pump(): Promise<void> {
    try {
      do {
        this.#again = false;
        await this.#step();
      } while (this.#again && !this.#stopped);
    } catch (error) {
      this.#tools.announcer.tell("failure", () => ({ endpoint: this.endpoint.name, where: "outbox", error }));
      if (this.#closing !== undefined) this.stop();
      else this.#wakeAt(this.#tools.clock.now() + OUTBOX_PAUSE);
    } finally {
      this.#pumping = false;
    }
    if (this.#again || this.#stopped) this.kick();
  }

  async #step(): Promise<void> {
    const { outbox, clock } = this.#tools;
    this.#state ??= await outbox.endpointState(this.endpoint.name);
    while (!this.#stopped) {
      const now = clock.now();
      const room = this.#room(now);
      if (room === 0) {
        const due = await this.#nextDue();
        if (due === undefined) return this.#rest(undefined);
        return this.#rest(Math.max(due, this.#opensAt()), due <= this.#horizon(now) && this.#hasTurnLeft(now));
      }
      const { endpoint } = this;
      const horizon = this.#horizon(now);
      const items = await outbox.claim({
        endpoint: endpoint.name,
        now: horizon,
        lease: endpoint.timeout + LEASE_MARGIN + horizon - now,
        limit: endpoint.throttle?.maxEvents ?? room,
        order: endpoint.order,
      });
      if (this.#stopped) return this.#giveBack(items);
      if (items.length === 0) return this.#rest(await outbox.nextDue(endpoint.name, endpoint.order));
      if (endpoint.throttle === undefined) for (const item of items) this.#start([item]);
      else {
        this.#fresh = Math.max(0, this.#fresh - items.length);
        this.#start([...items].sort((a, b) => a.enqueuedAt - b.enqueuedAt));
      }
    }
  }

  /** Items that were claimed while the lane was stopped. */
  async #giveBack(items: readonly ClaimedItem[]): Promise<void> {
    const writeDown = new WriteDown(this.#tools, this.#side.removed);
    for (const item of items) await writeDown.giveBack(item);
  }

  /** How many batches may begin now. */
  #room(now: number): number {
    if (this.disabled || now < this.#pausedUntil) return 0;
    return Math.min(
      this.endpoint.concurrency - this.#inFlight,
      this.#rate === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.#rate.room(now) - this.#waiting),
      this.#breaker?.room(now) ?? Number.POSITIVE_INFINITY,
    );
  }

  /** When the next item is due, where time alone decides when it goes. */
  async #nextDue(): Promise<number | undefined> {
    const { name, order, concurrency } = this.endpoint;
    // An endpoint that is disabled is kicked when it is enabled; one that is busy, when a batch ends.
    if (this.disabled || this.#inFlight >= concurrency) return undefined;
    return this.#tools.outbox.nextDue(name, order);
  }

  /** When there is room again. */
  #opensAt(): number {
    return Math.max(this.#pausedUntil, this.#breaker?.openUntil ?? 0, this.#rate?.nextAt() ?? 0);
  }

  /** Whether only the rate holds the lane back, and gives it room before the sender closes. */
  #hasTurnLeft(now: number): boolean {
    if (this.#closing === undefined || this.#rate === undefined) return false;
    return now >= this.#pausedUntil && this.#breaker?.room(now) !== 0 && this.#rate.nextAt() <= this.#closing.until;
  }

  /** When an event that is enqueued now may go: at once, or with the others of its window. */
  placeAt(now: number): number {
    const { throttle } = this.endpoint;
    if (throttle === undefined) return now;
    if (now >= this.#windowEnd) this.#windowEnd = now + throttle.window;
    return this.#windowEnd;
  }

  /** Up to which due time events are taken: a full batch does not wait out its window, nor does a sender that closes. */
  #horizon(now: number): number {
    const { throttle } = this.endpoint;
    if (throttle === undefined) return now;
    return this.#closing !== undefined || this.#fresh >= throttle.maxEvents ? Math.max(now, this.#windowEnd) : now;
  }

  #start(items: readonly ClaimedItem[]): void {
    this.#inFlight += 1;
    void this.#run(items);
  }

  async #run(items: readonly ClaimedItem[]): Promise<void> {
    const { endpoint } = this;
    try {
      await deliver(items, endpoint, this.#tools, this.#side);
    } catch (error) {
      this.#tools.announcer.tell("failure", () => ({ endpoint: endpoint.name, where: "outbox", error }));
    }
    this.#inFlight -= 1;
    this.kick();
  }

  readonly #side: LaneSide = {
    begin: () => {
      const { clock } = this.#tools;
      const rate = this.#rate;
      this.#breaker?.begin();
      if (rate === undefined) return undefined;
      // The first request of a batch was given its room; further ones wait for theirs.
      if (rate.room(clock.now()) === 0) return this.#awaitRoom(rate);
      rate.take(clock.now());
      return undefined;
    },
    ended: (failed, asked) => {
      const now = this.#tools.clock.now();
      if (asked > 0) this.#pausedUntil = Math.max(this.#pausedUntil, now + asked);
      const change = this.#breaker?.report(failed, now);
      if (change === undefined) return;
      const until = this.#breaker?.openUntil ?? 0;
      const { name } = this.endpoint;
      this.#tools.announcer.tell("breaker", () => ({
        endpoint: name,
        state: change,
        ...(until === 0 ? {} : { until }),
      }));
    },
    unmade: (pause) => {
      this.#pausedUntil = Math.max(this.#pausedUntil, this.#tools.clock.now() + pause);
      this.#breaker?.forget();
    },
    removed: () => this.#removed,
    disable: (reason) => this.setState({ disabled: true, reason, at: this.#tools.clock.now() }),
  };

  async #awaitRoom(rate: Rate): Promise<void> {
    const { clock } = this.#tools;
    this.#waiting += 1; // So that no new batch takes the room first.
    while (!this.#stopped && rate.room(clock.now()) === 0) await this.#pause(rate.nextAt() - clock.now());
    this.#waiting -= 1;
    rate.take(clock.now());
  }

  /** Waits, at the longest until the lane is stopped. */
  #pause(milliseconds: number): Promise<void> {
    const { clock } = this.#tools;
    return new Promise((resolve) => {
      const end = () => {
        this.#interrupts.delete(end);
        clock.clearTimeout(timer);
        resolve();
      };
      const timer = clock.setTimeout(end, Math.min(Math.max(1, milliseconds), LONGEST_TIMER));
      this.#interrupts.add(end);
    });
  }

  /** Nothing to do until a time, or until somebody kicks. A lane that has more to send is not idle by that. */
  #rest(at: number | undefined, hasMore = false): void {
    const { clock, outbox } = this.#tools;
    const poll = outbox.pollInterval;
    const next = poll === undefined ? at : Math.min(at ?? Number.POSITIVE_INFINITY, clock.now() + poll);
    // A timer would keep the process alive: there is one only while something waits.
    if (next === undefined) this.#clearTimer();
    else this.#wakeAt(next);
    if (this.#closing !== undefined && this.#inFlight === 0 && !hasMore) this.#tellIdle();
  }

  #wakeAt(at: number): void {
    if (this.#timer !== undefined && this.#timer.at <= at) return;
    this.#clearTimer();
    const { clock } = this.#tools;
    const wait = Math.min(Math.max(at - clock.now(), 0), LONGEST_TIMER);
    const handle = clock.setTimeout(() => {
      this.#timer = undefined;
      this.kick();
    }, wait);
    this.#timer = { at, handle };
  }

  #clearTimer(): void {
    if (this.#timer !== undefined) this.#tools.clock.clearTimeout(this.#timer.handle);
    this.#timer = undefined;
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #tellSettled(): void {
    if (!this.#stopped || this.#pumping || this.#inFlight > 0) return;
    for (const resolve of this.#settling.splice(0)) resolve();
  }
}
