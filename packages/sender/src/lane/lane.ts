import type { Endpoint } from "../endpoint/define.ts";
import { sizeOf } from "../event/stored-event.ts";
import type { ClaimedItem, EndpointState, Look } from "../outbox/parts.ts";
import type { Placement } from "../outbox/placing.ts";
import { Breaker } from "../pace/breaker.ts";
import { Rate } from "../pace/rate.ts";
import type { Asker, Turn, Turns } from "../transport/turns.ts";
import { type BatchTools, deliver, type LaneSide } from "./batch.ts";
import type { Standing } from "./explain.ts";
import { LEASE_MARGIN } from "./regroup.ts";
import { SharedState } from "./shared-state.ts";
import type { Share, Work } from "./work.ts";
import { giveBack } from "./write-down.ts";

/** The longest that Node's timers can wait at once. */
const LONGEST_TIMER = 2_147_483_647;
/** After a failure of the outbox. */
const OUTBOX_PAUSE = 1_000;

/** After a claim that found nothing although something was due: it is another's, or just gone. */
const CONTENTION_PAUSE = 25;
/** How much longer than the span of its rate an endpoint is this process's alone. */
const ALONE_MARGIN = 1_000;
/** The outbox reckons an event's delay from when it writes it down: so much later than its place was decided, at most. */
const WRITTEN_WITHIN = 250;

/** What a lane works with. */
export interface LaneTools extends BatchTools {
  readonly work: Work;
  readonly turns: Turns;
}

/**
 * One endpoint's way out: takes its events from the outbox when there is something to take and room to send it. Of the
 * other endpoints it knows only that its turn comes, so that none of them waits for this one.
 */
export class Lane {
  endpoint: Endpoint;
  readonly #tools: LaneTools;
  #breaker: Breaker | undefined;
  #rate: Rate | undefined;
  readonly #state: SharedState;
  readonly #asker: Asker;
  /** Changes of the state that are on their way to the outbox, one after the other. */
  #sharing: Promise<void> = Promise.resolve();
  #shares = 0;
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
    this.#asker = tools.turns.asker();
    this.#state = new SharedState(endpoint.name, tools, () =>
      tools.work.look(this.endpoint).then(({ state }) => state),
    );
    this.#breaker = endpoint.breaker === undefined ? undefined : new Breaker(endpoint.breaker);
    this.#rate = endpoint.rate === undefined ? undefined : new Rate(endpoint.rate.requests, endpoint.rate.per);
  }

  get disabled(): boolean {
    return !this.endpoint.enabled || (this.state?.disabled ?? false);
  }

  /** As the outbox has it for all processes; absent before it was read. */
  get state(): EndpointState | undefined {
    return this.#state.seen;
  }

  /** The same, read where it was not yet. */
  ready(): EndpointState | Promise<EndpointState> {
    return this.#state.ready();
  }

  get breakerOpen(): boolean {
    return (this.#breaker?.openUntil ?? 0) !== 0;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** What would hold back an event that was sent now, as `explain` reads it. */
  async standing(): Promise<Standing> {
    const { endpoint } = this;
    await this.ready();
    const head = endpoint.order === "fifo" ? await this.#dueAt() : undefined;
    const now = this.#tools.clock.now();
    const { throttle } = endpoint;
    return {
      disabled: this.disabled ? (this.state?.reason ?? "its definition says enabled: false.") : undefined,
      // While the one attempt that decides is under way, there is no telling when.
      breaker: this.#breaker?.room(now) === 0 ? Math.max(now + 1, this.#breaker.openUntil) : 0,
      asked: this.#pauseEnd(),
      rate: this.#rate?.nextAt() ?? 0,
      window: throttle === undefined || now < this.#windowEnd ? this.#windowEnd : now + throttle.window,
      head: head ?? 0,
      busy: this.#inFlight >= endpoint.concurrency || this.#asker.waiting.size > 0,
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

  /** Disables it for a reason, or enables it, for all processes. */
  async setDisabled(reason: string | undefined): Promise<void> {
    const { name } = this.endpoint;
    const change = reason === undefined ? { disabled: false } : { disabled: true, reason };
    await this.#state.change((_, pausedFor) => ({ ...change, pausedFor, breaker: this.breakerOpen }));
    if (reason === undefined) this.#tools.announcer.tell("enabled", () => ({ endpoint: name }));
    else this.#tools.announcer.tell("disabled", () => ({ endpoint: name, reason }));
    this.kick();
  }

  /** What the outbox says: work, or a change of the state, which another process may have brought. */
  seen({ due, state }: Look): void {
    if (this.#stopped) return;
    const before = this.state;
    this.#adopt(state);
    if (before?.version !== state.version) this.kick();
    else if (due !== undefined) this.#wakeAt(this.#tools.clock.now() + due);
  }

  #adopt(state: EndpointState): void {
    const before = this.state;
    this.#state.adopt(state);
    this.#heed(before);
  }

  /** Another process may have found the endpoint ill, or well again. What this one found is still on its way there. */
  #heed(before: EndpointState | undefined): void {
    if (this.#shares > 0 || this.state?.version === before?.version) return;
    if (this.state?.breaker) this.#breaker?.open(this.#state.pausedUntil, this.#tools.clock.now());
    else if (before?.breaker) this.#breaker?.close();
  }

  /** The endpoint is left alone by all processes for a while. One that is left alone for longer stays so. */
  #leaveAlone(pausedFor: number, breaker: boolean): void {
    const { announcer } = this.#tools;
    const { name } = this.endpoint;
    const until = this.#tools.clock.now() + pausedFor;
    this.#shares += 1;
    this.#sharing = this.#sharing.then(async () => {
      const left = until - this.#tools.clock.now();
      try {
        await this.#state.change(({ disabled, reason, breaker: open }, known) => {
          if (breaker === open && left <= known) return undefined;
          const whole = { disabled, ...(reason === undefined ? {} : { reason }), breaker };
          return { ...whole, pausedFor: Math.max(0, open && !breaker ? left : Math.max(left, known)) };
        });
      } catch (error) {
        announcer.tell("failure", () => ({ endpoint: name, where: "outbox", error }));
      }
      this.#shares -= 1;
    });
  }

  /** Takes nothing more. What is under way ends by itself, without waiting for the rate. */
  stop(): void {
    this.#stopped = true;
    this.#clearTimer();
    this.#tellIdle();
    for (const interrupt of this.#interrupts) interrupt();
    this.#tools.turns.rush(this.#asker);
  }

  /** The endpoint is gone: what does not arrive from here on is cancelled. */
  remove(): void {
    this.#removed = true;
    this.stop();
  }

  /** Resolves when nothing is in hand any more: for a lane that was stopped. */
  async settled(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#settling.push(resolve);
      this.#tellSettled();
    });
    await this.#sharing;
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
    const { clock } = this.#tools;
    const before = this.state;
    const { generation } = await this.ready();
    this.#heed(before);
    while (!this.#stopped) {
      const now = clock.now();
      const room = this.#room(now);
      if (room === 0) {
        const due = await this.#nextDue();
        if (due === undefined) return this.#rest(undefined);
        return this.#rest(Math.max(due, this.#opensAt()), due <= this.#horizon(now) && this.#hasTurnLeft(now));
      }
      const turns = await this.#take(room);
      // Refused where what it asked for is no longer so.
      if (turns.length === 0) continue;
      try {
        const share = await this.#claim(generation, turns.length);
        if (this.#stopped) {
          await giveBack(share.items, this.#tools);
          return this.#tools.work.drop(share.items);
        }
        if (share.items.length === 0) {
          for (const turn of turns.splice(0)) turn.end();
          return await this.#restUntilDue();
        }
        this.#startAll(share, turns);
      } finally {
        for (const turn of turns) turn.end();
      }
    }
  }

  /** Turns for so many batches at most: events are claimed, and their lease begins, when they can be sent. */
  async #take(room: number): Promise<Turn[]> {
    const { endpoint } = this;
    const most = endpoint.throttle === undefined ? room : 1;
    const taken = this.#tools.turns.take(this.#asker, endpoint.url.origin, most);
    if (!(taken instanceof Promise)) return taken;
    const turns = await taken;
    if (!this.#stopped && endpoint === this.endpoint && this.#room(this.#tools.clock.now()) > 0) return turns;
    for (const turn of turns) turn.end();
    return [];
  }

  #claim(generation: number, room: number): Promise<Share> {
    const { endpoint } = this;
    const now = this.#tools.clock.now();
    const early = this.#horizon(now) - now;
    return this.#tools.work.claim({
      endpoint: endpoint.name,
      generation,
      limit: endpoint.throttle?.maxEvents ?? room,
      lease: endpoint.timeout + LEASE_MARGIN + early,
      order: endpoint.order,
      ...(early === 0 ? {} : { early }),
      ...(endpoint.rate === undefined ? {} : { exclusive: endpoint.rate.per + ALONE_MARGIN }),
    });
  }

  async #restUntilDue(): Promise<void> {
    const due = await this.#dueAt();
    const now = this.#tools.clock.now();
    // Due and yet not ours: to ask again at once would only ask again.
    this.#rest(due !== undefined && due <= now ? now + CONTENTION_PAUSE : due);
  }

  /** Each batch takes one of the turns with it. */
  #startAll({ items, since }: Share, turns: Turn[]): void {
    if (this.endpoint.throttle !== undefined) {
      this.#fresh = Math.max(0, this.#fresh - items.length);
      this.#start([...items].sort(byArrival), since, turns.pop() as Turn);
      return;
    }
    // A batch that was interrupted under another definition is still one.
    const batches = new Map<string, ClaimedItem[]>();
    for (const item of items) {
      const name = item.progress?.items[0] ?? item.id;
      const batch = batches.get(name);
      if (batch === undefined) batches.set(name, [item]);
      else batch.push(item);
    }
    for (const batch of batches.values()) this.#start(batch, since, turns.pop() as Turn);
  }

  /** How many batches may begin now. */
  #room(now: number): number {
    if (this.disabled || now < this.#pauseEnd()) return 0;
    return Math.min(
      this.endpoint.concurrency - this.#inFlight,
      this.#rate === undefined ? Number.POSITIVE_INFINITY : Math.max(0, this.#rate.room(now) - this.#waiting),
      this.#breaker?.room(now) ?? Number.POSITIVE_INFINITY,
    );
  }

  /** When the next item is due, where time alone decides when it goes. */
  async #nextDue(): Promise<number | undefined> {
    // An endpoint that is disabled is kicked when it is enabled; one that is busy, when a batch ends.
    if (this.disabled || this.#inFlight >= this.endpoint.concurrency) return undefined;
    return this.#dueAt();
  }

  async #dueAt(): Promise<number | undefined> {
    const { clock, work } = this.#tools;
    const { due, state } = await work.look(this.endpoint);
    this.#adopt(state);
    return due === undefined ? undefined : clock.now() + due;
  }

  #pauseEnd(): number {
    return Math.max(this.#pausedUntil, this.#state.pausedUntil);
  }

  /** When there is room again. */
  #opensAt(): number {
    return Math.max(this.#pauseEnd(), this.#breaker?.openUntil ?? 0, this.#rate?.nextAt() ?? 0);
  }

  /** Whether only the rate holds the lane back, and gives it room before the sender closes. */
  #hasTurnLeft(now: number): boolean {
    if (this.#closing === undefined || this.#rate === undefined) return false;
    return now >= this.#pauseEnd() && this.#breaker?.room(now) !== 0 && this.#rate.nextAt() <= this.#closing.until;
  }

  /** Where an event goes that is enqueued now: claimed at once, or with the others of its window. */
  placement(now: number, { generation }: EndpointState): Placement {
    const { name, order, throttle } = this.endpoint;
    const place = { endpoint: name, generation, ...(order === "fifo" ? { order } : {}) };
    if (throttle === undefined) return place;
    if (now >= this.#windowEnd) this.#windowEnd = now + throttle.window;
    return { ...place, delay: this.#windowEnd - now };
  }

  /** Up to which due time events are taken: a full batch does not wait out its window, nor does a sender that closes. */
  #horizon(now: number): number {
    const { throttle } = this.endpoint;
    if (throttle === undefined) return now;
    const full = this.#closing !== undefined || this.#fresh >= throttle.maxEvents;
    return full ? Math.max(now, this.#windowEnd) + WRITTEN_WITHIN : now;
  }

  #start(items: readonly ClaimedItem[], since: number, turn: Turn): void {
    this.#inFlight += 1;
    turn.weigh(items.reduce((sum, { event }) => sum + sizeOf(event), 0));
    void this.#run(items, since, turn);
  }

  async #run(items: readonly ClaimedItem[], since: number, turn: Turn): Promise<void> {
    const { endpoint } = this;
    try {
      await deliver(items, since, endpoint, this.#tools, { ...this.#side, begin: () => this.#begin(turn) });
    } catch (error) {
      this.#tools.announcer.tell("failure", () => ({ endpoint: endpoint.name, where: "outbox", error }));
    }
    this.#tools.work.drop(items);
    this.#inFlight -= 1;
    turn.end();
    this.kick();
  }

  #begin(turn: Turn): Promise<void> | undefined {
    const { clock } = this.#tools;
    const rate = this.#rate;
    this.#breaker?.begin();
    if (rate === undefined) return undefined;
    // The first request of a batch was given its room; further ones wait for theirs.
    if (rate.room(clock.now()) === 0) return this.#awaitRoom(rate, turn);
    rate.take(clock.now());
    return undefined;
  }

  readonly #side: Omit<LaneSide, "begin"> = {
    ended: (failed, asked) => {
      const now = this.#tools.clock.now();
      if (asked > 0) this.#pausedUntil = Math.max(this.#pausedUntil, now + asked);
      const before = this.#breaker?.openUntil ?? 0;
      const change = this.#breaker?.report(failed, now);
      const until = this.#breaker?.openUntil ?? 0;
      if (asked > 0 || until !== before) {
        this.#leaveAlone(Math.max(until, this.#pausedUntil) - now, until !== 0);
      }
      if (change === undefined) return;
      const { name } = this.endpoint;
      this.#tools.announcer.tell("breaker", () => ({
        endpoint: name,
        state: change,
        ...(until === 0 ? {} : { until }),
      }));
    },
    unmade: (pause) => {
      if (pause > 0) this.#tools.turns.shrink();
      this.#pausedUntil = Math.max(this.#pausedUntil, this.#tools.clock.now() + pause);
      this.#breaker?.forget();
    },
    removed: () => this.#removed,
    disable: (reason) => this.setDisabled(reason),
  };

  async #awaitRoom(rate: Rate, turn: Turn): Promise<void> {
    const { clock } = this.#tools;
    this.#waiting += 1; // So that no new batch takes the room first.
    while (!this.#stopped && rate.room(clock.now()) === 0) {
      await turn.interrupt(() => this.#pause(rate.nextAt() - clock.now()));
    }
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
    // A timer would keep the process alive: there is one only while something waits.
    if (at === undefined) this.#clearTimer();
    else this.#wakeAt(at);
    // Kicked since it looked: what it saw is no longer all.
    if (this.#closing !== undefined && this.#inFlight === 0 && !hasMore && !this.#again) this.#tellIdle();
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

/** Of two that came in one millisecond the one with the smaller id came first: outboxes count. */
function byArrival(a: ClaimedItem, b: ClaimedItem): number {
  return a.enqueuedAt - b.enqueuedAt || a.id.length - b.id.length || (a.id < b.id ? -1 : 1);
}
