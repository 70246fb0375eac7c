import type { Clock } from "@countersign/core";
import type { Announcer } from "../hooks.ts";
import { type ClaimedItem, type Outbox, type Progress, remember } from "../outbox/outbox.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import type { Outcome } from "./outcome.ts";
import type { Plan } from "./plan.ts";

/** What outcomes are written down with. */
export interface WriteDownTools {
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly announcer: Announcer;
  /** `true` once the sender cuts what is under way: a failure is then no attempt. */
  readonly cutting: () => boolean;
  /** Told of each item that has reached its end. */
  readonly ended: (item: ClaimedItem, outcome: Outcome) => void;
}

/** Waits before an outbox that failed is asked again, in milliseconds: together less than a lease outlasts a request. */
const PAUSES = [100, 400, 1_600, 6_400, 25_600];
/** So many of them while the sender closes. */
const CLOSING_PAUSES = 3;

/** Writes down in the outbox what became of claimed items, and tells hooks and handles. */
export class WriteDown {
  readonly #tools: WriteDownTools;
  /** Whether the endpoint is gone: nothing may then be left for the next one of its name. */
  readonly #removed: () => boolean;

  constructor(tools: WriteDownTools, removed: () => boolean) {
    this.#tools = tools;
    this.#removed = removed;
  }

  /** Carries out what was decided about an item. `record`: the attempt on which the decision rests, if there was one. */
  async carryOut(what: Plan, item: ClaimedItem, record: AttemptRecord | undefined, progress?: Progress): Promise<void> {
    const { outbox, clock, announcer, cutting } = this.#tools;
    const now = clock.now();
    if (cutting() && what.kind !== "done") return this.giveBack(item, progress);
    const attempts = item.attempts + (record === undefined ? 0 : 1);
    switch (what.kind) {
      case "done": {
        if (!(await this.#ask(item, () => outbox.done(item, now)))) return;
        announcer.tell("delivered", () => ({ ...subjectOf(item), attempts }));
        return this.#end(item, record, { status: "delivered" });
      }
      case "retry":
      case "keep": {
        if (this.#removed()) return this.#cancel(item, record);
        const at = what.kind === "retry" ? what.at : now;
        const attempt = record === undefined ? {} : { attempt: record };
        const plan = { at, ...attempt, ...(progress === undefined ? {} : { progress }) };
        if ((await this.#ask(item, () => outbox.retry(item, plan))) && what.kind === "retry") {
          announcer.tell("retry", () => ({ ...subjectOf(item), attempts, at }));
        }
        return;
      }
      case "dead": {
        const { reason, message } = what;
        if (!(await this.#ask(item, () => outbox.bury(item, { reason, message, at: now }, record)))) return;
        announcer.tell("dead", () => ({ ...subjectOf(item), attempts, reason, message }));
        return this.#end(item, record, { status: "dead", reason });
      }
      case "discard": {
        if (!(await this.#ask(item, () => outbox.done(item, now)))) return;
        announcer.tell("discarded", () => ({ ...subjectOf(item), attempts, message: what.message }));
        return this.#end(item, record, { status: "discarded" });
      }
    }
  }

  /** The item was not tried: it waits again as it did before, due at once. */
  async giveBack(item: ClaimedItem, progress: Progress | undefined = item.progress): Promise<void> {
    const { outbox, clock } = this.#tools;
    if (this.#removed()) return this.#cancel(item, undefined);
    const plan = { at: clock.now(), ...(progress === undefined ? {} : { progress }) };
    await this.#ask(item, () => outbox.retry(item, plan));
  }

  /** The item goes with its endpoint. */
  async #cancel(item: ClaimedItem, record: AttemptRecord | undefined): Promise<void> {
    const { outbox, clock } = this.#tools;
    if (await this.#ask(item, () => outbox.done(item, clock.now()))) this.#end(item, record, { status: "cancelled" });
  }

  #end(item: ClaimedItem, record: AttemptRecord | undefined, how: Pick<Outcome, "status" | "reason">): void {
    const attempts = item.attempts + (record === undefined ? 0 : 1);
    const history = record === undefined ? item.history : remember(item.history, record);
    this.#tools.ended(item, { endpoint: item.endpoint, ...how, attempts, history });
  }

  /**
   * Whether it was written: `false` when the claim is no longer valid, or when the outbox failed to the last. One that
   * failed before may have written all the same; its "no longer valid" is then no news.
   */
  async #ask({ endpoint }: ClaimedItem, write: () => Promise<boolean>): Promise<boolean> {
    const { announcer, clock, cutting } = this.#tools;
    for (let failures = 0; ; failures += 1) {
      try {
        return (await write()) || failures > 0;
      } catch (error) {
        announcer.tell("failure", () => ({ endpoint, where: "outbox", error }));
      }
      const pause = PAUSES[failures];
      if (pause === undefined || (cutting() && failures >= CLOSING_PAUSES)) return false;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, pause));
    }
  }
}

function subjectOf({ id, endpoint, event }: ClaimedItem) {
  return { endpoint, item: id, event: { id: event.id, type: event.type } };
}
