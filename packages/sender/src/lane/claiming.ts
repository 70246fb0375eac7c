import type { Endpoint } from "../endpoint/define.ts";
import type { EndpointState } from "../outbox/parts.ts";
import type { Asker, Turn, Turns } from "../transport/turns.ts";
import type { Gate } from "./gate.ts";
import { LEASE_MARGIN } from "./regroup.ts";
import type { Window } from "./window.ts";
import type { Share, Work } from "./work.ts";
import { giveBack, type WriteDownTools } from "./write-down.ts";

/** After a claim that found nothing although something was due: it is another's, or just gone. */
const CONTENTION_PAUSE = 25;
/** How much longer than the span of its rate an endpoint is this process's alone. */
const ALONE_MARGIN = 1_000;

/** What events are claimed with. */
export interface ClaimingTools extends WriteDownTools {
  readonly work: Work;
  readonly turns: Turns;
}

/** A lane, as far as its claims need it. */
export interface ClaimingSide {
  readonly endpoint: Endpoint;
  readonly disabled: boolean;
  /** Nothing more is claimed. */
  readonly stopped: boolean;
  /** Until when what is due is sent, once the sender closes. */
  readonly closing: { readonly until: number } | undefined;
  /** As many requests are under way as may be at a time. */
  readonly busy: boolean;
  /** How many batches may begin now. */
  room(now: number): number;
  /** Each batch takes one of the turns with it. */
  start(share: Share, turns: Turn[]): void;
  /** The outbox has it so. */
  adopt(state: EndpointState): void;
  /** Nothing to do until a time, or until somebody kicks. */
  rest(at: number | undefined, hasMore?: boolean): void;
}

/** Takes one endpoint's events from the outbox: when they are due, and there is room to send them. */
export class Claiming {
  readonly asker: Asker;
  readonly #lane: ClaimingSide;
  readonly #gate: Gate;
  readonly #window: Window;
  readonly #tools: ClaimingTools;

  constructor(lane: ClaimingSide, gate: Gate, window: Window, tools: ClaimingTools) {
    this.asker = tools.turns.asker();
    this.#lane = lane;
    this.#gate = gate;
    this.#window = window;
    this.#tools = tools;
  }

  /** Claims and starts what there is room for, and ends when nothing is left or no room. */
  async step(generation: number): Promise<void> {
    const { clock, work } = this.#tools;
    const lane = this.#lane;
    /** The last claim brought less than it asked for: most likely nothing is left. */
    let drained = false;
    while (!lane.stopped) {
      const now = clock.now();
      const room = lane.room(now);
      if (room === 0) return this.#restUntilRoom(now);
      if (drained && !(await this.#isDue())) return;
      const taken = this.#take(room);
      const turns = taken instanceof Promise ? await this.#stillWanted(taken) : taken;
      // Refused where what it asked for is no longer so.
      if (turns.length === 0) continue;
      try {
        const limit = lane.endpoint.throttle?.maxEvents ?? turns.length;
        const share = await work.claim(this.#ask(generation, limit, now));
        if (lane.stopped) {
          await giveBack(share.items, this.#tools);
          return work.drop(share.items);
        }
        const found = share.items.length;
        if (found > 0) lane.start(share, turns);
        while (turns.length > 0) turns.pop()?.giveBack();
        if (found === 0) return await this.#restAfterNothing();
        drained = found < limit;
      } finally {
        while (turns.length > 0) turns.pop()?.giveBack();
      }
    }
  }

  /** Turns for so many batches at most: events are claimed, and their lease begins, when they can be sent. */
  #take(room: number): Turn[] | Promise<Turn[]> {
    const { throttle, url } = this.#lane.endpoint;
    return this.#tools.turns.take(this.asker, url.origin, throttle === undefined ? room : 1);
  }

  async #stillWanted(taken: Promise<Turn[]>): Promise<Turn[]> {
    const { endpoint } = this.#lane;
    const turns = await taken;
    if (!this.#lane.stopped && endpoint === this.#lane.endpoint && this.#lane.room(this.#tools.clock.now()) > 0)
      return turns;
    for (const turn of turns) turn.giveBack();
    return [];
  }

  #ask(generation: number, limit: number, now: number): Parameters<Work["claim"]>[0] {
    const { name: endpoint, timeout, order, rate } = this.#lane.endpoint;
    const early = this.#window.horizon(now, this.#lane.closing !== undefined) - now;
    return {
      endpoint,
      generation,
      limit,
      lease: timeout + LEASE_MARGIN + early,
      order,
      ...(early === 0 ? {} : { early }),
      ...(rate === undefined ? {} : { exclusive: rate.per + ALONE_MARGIN }),
    };
  }

  /** Whether something is due. Else the lane rests until something is. */
  async #isDue(): Promise<boolean> {
    const due = await this.dueAt();
    if (due !== undefined && due <= this.#tools.clock.now()) return true;
    this.#lane.rest(due);
    return false;
  }

  /** Due and yet not ours: to ask again at once would only ask again. */
  async #restAfterNothing(): Promise<void> {
    const due = await this.dueAt();
    const now = this.#tools.clock.now();
    this.#lane.rest(due !== undefined && due <= now ? now + CONTENTION_PAUSE : due);
  }

  async #restUntilRoom(now: number): Promise<void> {
    // An endpoint that is disabled is kicked when it is enabled; one that is busy, when a batch ends.
    if (this.#lane.disabled || this.#lane.busy) return this.#lane.rest(undefined);
    const due = await this.dueAt();
    if (due === undefined) return this.#lane.rest(undefined);
    const closing = this.#lane.closing !== undefined;
    // What only the rate holds back goes before the sender closes, if there is time for it.
    const hasMore = closing && this.#gate.rateGivesRoom(now, this.#lane.closing?.until ?? 0);
    this.#lane.rest(Math.max(due, this.#gate.opensAt()), hasMore && due <= this.#window.horizon(now, closing));
  }

  /** When the outbox has something to claim. */
  async dueAt(): Promise<number | undefined> {
    const { clock, work } = this.#tools;
    const { due, state } = await work.look(this.#lane.endpoint);
    this.#lane.adopt(state);
    return due === undefined ? undefined : clock.now() + due;
  }
}
