import type { Endpoint } from "../endpoint/define.ts";
import { sizeOf } from "../event/stored-event.ts";
import type { ClaimedItem, EndpointState, Look } from "../outbox/parts.ts";
import type { Placement } from "../outbox/placing.ts";
import type { Turn } from "../transport/turns.ts";
import { Alarm } from "./alarm.ts";
import { type BatchTools, deliver, type LaneSide } from "./batch.ts";
import { batchesOf } from "./batches.ts";
import { Claiming, type ClaimingSide, type ClaimingTools } from "./claiming.ts";
import type { Standing } from "./explain.ts";
import { Gate } from "./gate.ts";
import { Pump } from "./pump.ts";
import { SharedState } from "./shared-state.ts";
import { Sharing } from "./sharing.ts";
import { Window } from "./window.ts";
import type { Share } from "./work.ts";

/** After a failure of the outbox. */
const OUTBOX_PAUSE = 1_000;

/** What a lane works with. */
export interface LaneTools extends BatchTools, ClaimingTools {}

/**
 * One endpoint's way out: takes its events from the outbox when there is something to take and room to send it. Of the
 * other endpoints it knows only that its turn comes, so that none of them waits for this one.
 */
export class Lane {
  endpoint: Endpoint;
  readonly #tools: LaneTools;
  readonly #state: SharedState;
  readonly #sharing: Sharing;
  readonly #gate: Gate;
  readonly #window: Window;
  readonly #claiming: Claiming;
  readonly #alarm: Alarm;
  readonly #pump = new Pump(
    () => this.#step(),
    (error) => this.#rested(error),
  );
  #stopped = false;
  #removed = false;
  /** Until when what is due is sent, once the sender closes. */
  #closing: { readonly until: number } | undefined;
  #inFlight = 0;
  #idle: (() => void)[] = [];
  #settling: (() => void)[] = [];

  constructor(endpoint: Endpoint, tools: LaneTools) {
    const { name } = endpoint;
    this.endpoint = endpoint;
    this.#tools = tools;
    this.#state = new SharedState(name, tools, () => tools.work.look(this.endpoint).then(({ state }) => state));
    this.#sharing = new Sharing(name, this.#state, tools);
    this.#gate = new Gate(endpoint, this.#state, tools.clock);
    this.#window = new Window(endpoint);
    this.#claiming = new Claiming(this.#claimingSide(), this.#gate, this.#window, tools);
    this.#alarm = new Alarm(tools.clock, () => this.kick());
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
    return this.#gate.breakerOpen;
  }

  get inFlight(): number {
    return this.#inFlight;
  }

  /** What would hold back an event that was sent now, as `explain` reads it. */
  async standing(): Promise<Standing> {
    const { endpoint } = this;
    await this.ready();
    const head = endpoint.order === "fifo" ? await this.#claiming.dueAt() : undefined;
    const now = this.#tools.clock.now();
    return {
      disabled: this.disabled ? (this.state?.reason ?? "its definition says enabled: false.") : undefined,
      // While the one attempt that decides is under way, there is no telling when.
      breaker: this.#gate.isShut(now) ? Math.max(now + 1, this.#gate.breakerUntil) : 0,
      asked: this.#gate.pauseEnd,
      rate: this.#gate.nextAt,
      window: this.#window.closesAt(now),
      head: head ?? 0,
      busy: this.#inFlight >= endpoint.concurrency || this.#claiming.asker.waiting.size > 0,
    };
  }

  /** Another definition of the same endpoint. What is under way ends by the old one. */
  redefine(endpoint: Endpoint): void {
    this.endpoint = endpoint;
    this.#gate.redefine(endpoint);
    this.#window.redefine(endpoint);
    this.kick();
  }

  /** Something may be there to send. */
  kick(enqueued = 0): void {
    this.#window.enqueued(enqueued);
    if (this.#stopped) this.#tellSettled();
    else this.#pump.kick(false);
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
    else if (due !== undefined) this.#alarm.set(this.#tools.clock.now() + due);
  }

  #adopt(state: EndpointState): void {
    const before = this.state;
    this.#state.adopt(state);
    this.#heed(before);
  }

  #heed(before: EndpointState | undefined): void {
    if (!this.#sharing.underWay) this.#gate.heed(before, this.state);
  }

  /** Where an event goes that is enqueued now: claimed at once, or with the others of its window. */
  placement({ generation }: EndpointState): Placement {
    const { name: endpoint, order } = this.endpoint;
    const delay = this.#window.delay(this.#tools.clock);
    if (delay === undefined && order === "due") return { endpoint, generation };
    return { endpoint, generation, ...(order === "fifo" ? { order } : {}), ...(delay === undefined ? {} : { delay }) };
  }

  /** Takes nothing more. What is under way ends by itself, without waiting for the rate. */
  stop(): void {
    this.#stopped = true;
    this.#alarm.clear();
    this.#tellIdle();
    this.#gate.stop();
    this.#tools.turns.rush(this.#claiming.asker);
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
    await this.#sharing.settled();
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

  async #step(): Promise<void> {
    const before = this.state;
    const ready = this.ready();
    const { generation } = ready instanceof Promise ? await ready : ready;
    this.#heed(before);
    await this.#claiming.step(generation);
  }

  /** No step is left, or one failed. */
  #rested(error?: unknown): void {
    if (error !== undefined) {
      this.#tools.announcer.tell("failure", () => ({ endpoint: this.endpoint.name, where: "outbox", error }));
      if (this.#closing !== undefined) this.stop();
      else this.#alarm.set(this.#tools.clock.now() + OUTBOX_PAUSE);
    }
    if (this.#pump.again || this.#stopped) this.kick();
  }

  /** What its claims need of it, as it is when they ask. */
  #claimingSide(): ClaimingSide {
    const lane = this;
    return {
      get endpoint() {
        return lane.endpoint;
      },
      get disabled() {
        return lane.disabled;
      },
      get stopped() {
        return lane.#stopped;
      },
      get closing() {
        return lane.#closing;
      },
      get busy() {
        return lane.#inFlight >= lane.endpoint.concurrency;
      },
      room: (now) => lane.#room(now),
      start: (share, turns) => lane.#startAll(share, turns),
      adopt: (state) => lane.#adopt(state),
      rest: (at, hasMore) => lane.#rest(at, hasMore),
    };
  }

  /** How many batches may begin now. */
  #room(now: number): number {
    if (this.disabled) return 0;
    return Math.max(0, Math.min(this.endpoint.concurrency - this.#inFlight, this.#gate.room(now)));
  }

  /** Each batch takes one of the turns with it. */
  #startAll({ items, since }: Share, turns: Turn[]): void {
    if (this.endpoint.throttle !== undefined) this.#window.taken(items.length);
    for (const batch of batchesOf(items, this.endpoint)) this.#start(batch, since, turns.pop() as Turn);
  }

  #start(items: readonly ClaimedItem[], since: number, turn: Turn): void {
    const { endpoint } = this;
    this.#inFlight += 1;
    turn.weigh(items.reduce((sum, { event }) => sum + sizeOf(event), 0));
    const end = () => this.#end(items, turn);
    deliver(items, since, endpoint, this.#tools, this.#sideOf(turn)).then(end, (error) => {
      this.#tools.announcer.tell("failure", () => ({ endpoint: endpoint.name, where: "outbox", error }));
      end();
    });
  }

  #end(items: readonly ClaimedItem[], turn: Turn): void {
    this.#tools.work.drop(items);
    this.#inFlight -= 1;
    turn.end();
    if (this.#stopped) this.#tellSettled();
    else this.#pump.kick(true);
  }

  /** What a batch tells its lane. */
  #sideOf(turn: Turn): LaneSide {
    return {
      begin: () => this.#gate.begin(turn),
      ended: this.#ended,
      unmade: this.#unmade,
      removed: this.#isRemoved,
      disable: this.#disable,
    };
  }

  readonly #ended = (failed: boolean, asked: number): void => {
    const { breaker, openUntil, leaveAlone } = this.#gate.ended(failed, asked);
    if (leaveAlone !== undefined) this.#sharing.leaveAlone(leaveAlone, openUntil !== 0);
    if (breaker === undefined) return;
    const until = openUntil === 0 ? {} : { until: openUntil };
    this.#tools.announcer.tell("breaker", () => ({ endpoint: this.endpoint.name, state: breaker, ...until }));
  };

  readonly #unmade = (pause: number): void => {
    if (pause > 0) this.#tools.turns.shrink();
    this.#gate.unmade(pause);
  };

  readonly #isRemoved = (): boolean => this.#removed;
  readonly #disable = (reason: string): Promise<void> => this.setDisabled(reason);

  /** Nothing to do until a time, or until somebody kicks. A lane that has more to send is not idle by that. */
  #rest(at: number | undefined, hasMore = false): void {
    // A timer would keep the process alive: there is one only while something waits.
    if (at === undefined) this.#alarm.clear();
    else this.#alarm.set(at);
    // Kicked since it looked: what it saw is no longer all.
    if (this.#closing !== undefined && this.#inFlight === 0 && !hasMore && !this.#pump.again) this.#tellIdle();
  }

  #tellIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #tellSettled(): void {
    if (!this.#stopped || this.#pump.running || this.#inFlight > 0) return;
    for (const resolve of this.#settling.splice(0)) resolve();
  }
}
