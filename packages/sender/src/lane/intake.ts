import { type Clock, ConfigurationError } from "@countersign/core";
import { checkTexts } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import { DEAD_LETTER_TYPE, restoreEvent, type StoredEvent } from "../event/stored-event.ts";
import type { Announcer, SendFinding } from "../hooks.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { EndpointState } from "../outbox/parts.ts";
import { OutboxFull, type Placed, type Placement, type Placing } from "../outbox/placing.ts";
import { explain, whyNot } from "./explain.ts";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { Outcome, Outcomes, SendHandle, SendPlacement } from "./outcome.ts";

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

  /** One of the application's own events. @throws ConfigurationError or OutboxFull */
  async send(event: WebhookEvent, { to, tx }: { to?: string | readonly string[]; tx?: unknown }): Promise<SendHandle> {
    this.#checkOpen("send");
    const stored = this.#tools.store(event);
    if (stored.type === DEAD_LETTER_TYPE) {
      throw new ConfigurationError(
        "event.type",
        `event.type "${DEAD_LETTER_TYPE}" is reserved for the sender's own events. Use another name.`,
        "reserved_event",
      );
    }
    const candidates = [...this.#candidates(to)];
    const handle = await this.#place(stored, this.#choose(stored, candidates), tx);
    if (handle.placements.length === 0) {
      this.#tools.announcer.tell("unwanted", () => ({
        event: { id: stored.id, type: stored.type },
        findings: candidates.flatMap(({ endpoint }) => whyNot(endpoint, restoreEvent(stored)) ?? []),
      }));
    }
    return handle;
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

  async #place(stored: StoredEvent, wanted: readonly Lane[], tx: unknown): Promise<SendHandle> {
    const { placed, dropped } = await this.#enqueue(stored, wanted, tx);
    // What another may still take back is announced by nobody, and sent by whoever finds it in the outbox.
    if (tx === undefined) this.#announce(stored, placed);
    this.#announceDropped(stored, dropped);
    return this.#handle(stored, placed, dropped);
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

  async #placements(wanted: readonly Lane[]): Promise<readonly Placement[]> {
    const now = this.#tools.clock.now();
    const states = wanted.map((lane) => lane.ready());
    // Known, but for the first event of each endpoint.
    const known = states.some((state) => state instanceof Promise) ? await Promise.all(states) : states;
    return wanted.map((lane, index) => lane.placement(now, known[index] as EndpointState));
  }

  /** All or none, except that a lossy endpoint without room is left out and the others are tried again. */
  async #enqueue(
    stored: StoredEvent,
    lanes: readonly Lane[],
    tx: unknown,
  ): Promise<{ placed: readonly Placed[]; dropped: readonly string[] }> {
    const dropped: string[] = [];
    let wanted = lanes;
    while (wanted.length > 0) {
      try {
        const placings = [{ event: stored, placements: await this.#placements(wanted) }];
        const [placed = []] = await this.#tools.outbox.enqueue(placings, tx === undefined ? {} : { tx });
        return { placed, dropped };
      } catch (error) {
        const full = error instanceof OutboxFull ? error.endpoint : undefined;
        if (!wanted.some(({ endpoint }) => endpoint.name === full && endpoint.lossy)) throw error;
        wanted = wanted.filter(({ endpoint }) => endpoint.name !== full);
        dropped.push(full as string);
      }
    }
    return { placed: [], dropped };
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

  #handle(stored: StoredEvent, placed: readonly Placed[], dropped: readonly string[]): SendHandle {
    const { outcomes } = this.#tools;
    const placements: SendPlacement[] = [];
    const waits: (() => Promise<Outcome>)[] = [];
    const ended = (endpoint: string, status: Outcome["status"]) => async () => ({
      endpoint,
      status,
      attempts: 0,
      history: [],
    });
    for (const one of placed) {
      const { endpoint, item } = one;
      const status = statusOf(one);
      placements.push({ endpoint, status });
      if (status === "queued" || (status === "duplicate" && outcomes.knows(item))) {
        waits.push(outcomes.follow(item, endpoint));
      } else waits.push(ended(endpoint, status === "removed" ? "cancelled" : status));
    }
    for (const endpoint of dropped) {
      placements.push({ endpoint, status: "dropped" });
      waits.push(ended(endpoint, "discarded"));
    }
    return { id: stored.id, placements, outcome: () => Promise.all(waits.map((wait) => wait())) };
  }
}

function statusOf({ created, removed, conflict }: Placed): "queued" | "removed" | "conflict" | "duplicate" {
  if (created) return "queued";
  if (removed) return "removed";
  return conflict ? "conflict" : "duplicate";
}
