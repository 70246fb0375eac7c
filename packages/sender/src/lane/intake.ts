import { type Clock, ConfigurationError } from "@countersign/core";
import { checkTexts } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import { DEAD_LETTER_TYPE, restoreEvent, type StoredEvent } from "../event/stored-event.ts";
import type { Announcer, SendFinding } from "../hooks.ts";
import { type Outbox, OutboxFull, type Placed } from "../outbox/outbox.ts";
import { explain, whyNot } from "./explain.ts";
import type { Lane } from "./lane.ts";
import type { Lanes } from "./lanes.ts";
import type { Outcome, Outcomes, SendHandle } from "./outcome.ts";

/** What the intake works with. */
export interface IntakeTools {
  readonly lanes: Lanes;
  readonly outbox: Outbox;
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
  async send(event: WebhookEvent, to: string | readonly string[] | undefined): Promise<SendHandle> {
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
    const handle = await this.place(stored, candidates);
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

  /** Puts an event into the outbox for those of the lanes that want it. Rejects when a lane that is not lossy has no room. */
  async place(stored: StoredEvent, candidates: Iterable<Lane>): Promise<SendHandle> {
    const wanted = this.#choose(stored, candidates);
    const { placed, dropped } = await this.#enqueue(stored, [...wanted.keys()]);
    const handle = this.#handle(stored, placed, dropped);
    // Enqueued for an endpoint that was removed meanwhile: the next one of its name must not send it.
    for (const { endpoint, item, created } of placed) {
      if (created && this.#tools.lanes.find(endpoint) !== wanted.get(endpoint)) await this.#cancel(item, endpoint);
    }
    return handle;
  }

  async #cancel(item: string, endpoint: string): Promise<void> {
    const { outbox, outcomes } = this.#tools;
    if (!(await outbox.cancel(item))) return;
    outcomes.end(item, { endpoint, status: "cancelled", attempts: 0, history: [] });
  }

  #choose(stored: StoredEvent, candidates: Iterable<Lane>): ReadonlyMap<string, Lane> {
    const event = restoreEvent(stored);
    const wanted = new Map<string, Lane>();
    for (const lane of candidates) {
      const { endpoint } = lane;
      try {
        if (endpoint.filter(event) === undefined) wanted.set(endpoint.name, lane);
      } catch (error) {
        this.#tools.announcer.tell("failure", () => ({ endpoint: endpoint.name, where: "filter", error }));
      }
    }
    return wanted;
  }

  /** All or none, except that a lossy endpoint without room is left out and the others are tried again. */
  async #enqueue(
    stored: StoredEvent,
    endpoints: readonly string[],
  ): Promise<{ placed: readonly Placed[]; dropped: readonly string[] }> {
    const { lanes, outbox, clock } = this.#tools;
    const now = clock.now();
    const dropped: string[] = [];
    let wanted = endpoints;
    while (wanted.length > 0) {
      try {
        const placements = wanted.map((endpoint) => ({ endpoint, at: lanes.find(endpoint)?.placeAt(now) ?? now }));
        return { placed: await outbox.enqueue(stored, placements, now), dropped };
      } catch (error) {
        const full = error instanceof OutboxFull ? error.endpoint : undefined;
        if (full === undefined || !wanted.includes(full) || !lanes.find(full)?.endpoint.lossy) throw error;
        wanted = wanted.filter((name) => name !== full);
        dropped.push(full);
      }
    }
    return { placed: [], dropped };
  }

  #handle(stored: StoredEvent, placed: readonly Placed[], dropped: readonly string[]): SendHandle {
    const { lanes, outcomes, announcer } = this.#tools;
    const subject = { id: stored.id, type: stored.type };
    const placements: SendHandle["placements"][number][] = [];
    const waits: (() => Promise<Outcome>)[] = [];
    for (const { endpoint, item, created, conflict = false } of placed) {
      const status = created ? "queued" : conflict ? "conflict" : "duplicate";
      placements.push({ endpoint, status });
      if (created || (!conflict && outcomes.knows(item))) waits.push(outcomes.follow(item, endpoint));
      else
        waits.push(async () => ({ endpoint, status: conflict ? "conflict" : "duplicate", attempts: 0, history: [] }));
      if (!created) continue;
      announcer.tell("enqueued", () => ({ endpoint, item, event: subject }));
      lanes.find(endpoint)?.kick(1);
    }
    for (const endpoint of dropped) {
      placements.push({ endpoint, status: "dropped" });
      waits.push(async () => ({ endpoint, status: "discarded", attempts: 0, history: [] }));
      const message = "Dropped: the outbox had no room for this lossy endpoint.";
      announcer.tell("discarded", () => ({ endpoint, item: "", event: subject, attempts: 0, message }));
    }
    return { id: stored.id, placements, outcome: () => Promise.all(waits.map((wait) => wait())) };
  }
}
