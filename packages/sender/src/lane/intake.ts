import { type Clock, ConfigurationError } from "@countersign/core";
import type { MaybePromise } from "@countersign/core/adapter";
import { checkTexts } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import { DEAD_LETTER_TYPE, restoreEvent, type StoredEvent } from "../event/stored-event.ts";
import type { Announcer, SendFinding } from "../hooks.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { EndpointState } from "../outbox/parts.ts";
import { OutboxFull, type Placed, type Placement, type Placing } from "../outbox/placing.ts";
import { explain, whyNot } from "./explain.ts";
import { makeHandle } from "./handle.ts";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { SendHandle } from "./outcome.ts";
import type { Outcomes } from "./outcomes.ts";

/** What the intake works with. */
export interface IntakeTools {
  readonly lanes: Lanes;
  readonly outbox: Outbox<unknown>;
  readonly outcomes: Outcomes;
  readonly announcer: Announcer;
  readonly clock: Clock;
  /** Checks an event and takes a copy of it. */
  readonly store: (event: WebhookEvent) => StoredEvent;
}

/** The door for events: from the application into the outbox of every endpoint that wants them. */
export class Intake {
  readonly #tools: IntakeTools;
  #closed = false;

  constructor(tools: IntakeTools) {
    this.#tools = tools;
  }

  get closed(): boolean {
    return this.#closed;
  }

  close(): void {
    this.#closed = true;
  }

  /**
   * One of the application's own events: a promise only where the outbox has to be waited for.
   *
   * @throws ConfigurationError or OutboxFull
   */
  send(event: WebhookEvent, { to, tx }: { to?: string | readonly string[]; tx?: unknown }): MaybePromise<SendHandle> {
    this.#checkOpen("send");
    const stored = this.#tools.store(event);
    if (stored.type === DEAD_LETTER_TYPE) {
      throw new ConfigurationError(
        "event.type",
        `event.type "${DEAD_LETTER_TYPE}" is reserved for the sender's own events. Use another name.`,
        "reserved_event",
      );
    }
    const wanted = this.#choose(stored, this.#candidates(to));
    if (wanted.length === 0) this.#tellUnwanted(stored, to);
    return this.#place(stored, wanted, tx, []);
  }

  #tellUnwanted(stored: StoredEvent, to: string | readonly string[] | undefined): void {
    this.#tools.announcer.tell("unwanted", () => ({
      event: { id: stored.id, type: stored.type },
      findings: [...this.#candidates(to)].flatMap(({ endpoint }) => whyNot(endpoint, restoreEvent(stored)) ?? []),
    }));
  }

  /** What would become of an event that was sent now. Sends nothing. @throws ConfigurationError */
  async explain(event: WebhookEvent, to: string | readonly string[] | undefined): Promise<readonly SendFinding[]> {
    this.#checkOpen("explain");
    const stored = restoreEvent(this.#tools.store(event));
    return Promise.all(
      [...this.#candidates(to)].map(async (lane) => {
        const standing = await lane.standing();
        return explain(lane.endpoint, stored, standing, this.#tools.clock.now());
      }),
    );
  }

  #checkOpen(call: string): void {
    if (this.#closed) throw new ConfigurationError(call, "The sender is closed and takes no more events.", "closed");
  }

  #candidates(to: string | readonly string[] | undefined): Iterable<Lane> {
    const { lanes } = this.#tools;
    if (to === undefined) return lanes.values();
    return [...new Set(typeof to === "string" ? [to] : checkTexts(to, "send.to"))].map((name) => lanes.get(name));
  }

  /** Where an event of the sender's own would go, of all endpoints but one. */
  async placing(stored: StoredEvent, except: string): Promise<readonly Placing[]> {
    const others = [...this.#tools.lanes.values()].filter((lane) => lane.endpoint.name !== except);
    const placements = await this.#placements(this.#choose(stored, others));
    return placements.length === 0 ? [] : [{ event: stored, placements }];
  }

  /** Such an event is in the outbox. */
  placed({ event }: Placing, placed: readonly Placed[]): void {
    this.#announce(event, placed);
  }

  /** All or none, except that a lossy endpoint without room is left out and the others are tried again. */
  #place(
    stored: StoredEvent,
    wanted: readonly Lane[],
    tx: unknown,
    dropped: readonly string[],
  ): MaybePromise<SendHandle> {
    const placed = wanted.length === 0 ? [[]] : this.#enqueue(stored, wanted, tx);
    if (!(placed instanceof Promise)) return this.#taken(stored, placed[0] ?? [], tx, dropped);
    return placed.then(
      ([placed = []]) => this.#taken(stored, placed, tx, dropped),
      (error) => {
        const full = error instanceof OutboxFull ? error.endpoint : undefined;
        if (full === undefined || !wanted.some(({ endpoint }) => endpoint.name === full && endpoint.lossy)) throw error;
        const others = wanted.filter(({ endpoint }) => endpoint.name !== full);
        return this.#place(stored, others, tx, [...dropped, full]);
      },
    );
  }

  #enqueue(stored: StoredEvent, wanted: readonly Lane[], tx: unknown): MaybePromise<readonly (readonly Placed[])[]> {
    const { outbox } = this.#tools;
    const placements = this.#placements(wanted);
    const options = tx === undefined ? undefined : { tx };
    if (!(placements instanceof Promise)) return outbox.enqueue([{ event: stored, placements }], options);
    return placements.then((known) => outbox.enqueue([{ event: stored, placements: known }], options));
  }

  #taken(stored: StoredEvent, placed: readonly Placed[], tx: unknown, dropped: readonly string[]): SendHandle {
    // What another may still take back is announced by nobody, and sent by whoever finds it in the outbox.
    if (tx === undefined) this.#announce(stored, placed);
    if (dropped.length > 0) this.#announceDropped(stored, dropped);
    return makeHandle(stored.id, placed, dropped, this.#tools.outcomes);
  }

  #choose(stored: StoredEvent, candidates: Iterable<Lane>): readonly Lane[] {
    const event = restoreEvent(stored);
    const wanted: Lane[] = [];
    for (const lane of candidates) {
      const { endpoint } = lane;
      try {
        if (endpoint.filter(event) === undefined) wanted.push(lane);
      } catch (error) {
        this.#tools.announcer.tell("failure", () => ({ endpoint: endpoint.name, where: "filter", error }));
      }
    }
    return wanted;
  }

  #placements(wanted: readonly Lane[]): MaybePromise<readonly Placement[]> {
    const known = wanted.map((lane) => lane.ready());
    const place = (states: readonly EndpointState[]) =>
      wanted.map((lane, index) => lane.placement(states[index] as EndpointState));
    // Known, but for the first event of each endpoint.
    return known.some((state) => state instanceof Promise)
      ? Promise.all(known).then(place)
      : place(known as readonly EndpointState[]);
  }

  #announce(stored: StoredEvent, placed: readonly Placed[]): void {
    const { lanes, announcer } = this.#tools;
    const event = { id: stored.id, type: stored.type };
    for (const { endpoint, item, created } of placed) {
      if (!created) continue;
      announcer.tell("enqueued", () => ({ endpoint, item, event }));
      lanes.find(endpoint)?.kick(1);
    }
  }

  #announceDropped(stored: StoredEvent, dropped: readonly string[]): void {
    const event = { id: stored.id, type: stored.type };
    const message = "Dropped: the outbox had no room for this lossy endpoint.";
    for (const endpoint of dropped) {
      this.#tools.announcer.tell("discarded", () => ({ endpoint, item: "", event, attempts: 0, message }));
    }
  }
}
