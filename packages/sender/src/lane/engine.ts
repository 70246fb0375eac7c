import { ConfigurationError } from "@countersign/core";
import { checkInteger, checkOptions, checkText, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { Endpoint } from "../endpoint/define.ts";
import type { StoredEvent } from "../event/stored-event.ts";
import type { ClaimedItem } from "../outbox/parts.ts";
import type { AttemptRecord } from "../outbox/record.ts";
import type { Random } from "../pace/schedule.ts";
import type { Turns } from "../transport/turns.ts";
import type { AttemptOutcome } from "./attempt.ts";
import { planFor } from "./batch.ts";
import type { Lanes } from "./lanes.ts";
import { DONE, type Plan } from "./plan.ts";
import { isOld, TOO_OLD } from "./regroup.ts";
import { type SendSide, type SendTools, sendAll } from "./send.ts";

/** Where an event stands: what a job engine keeps between two calls of `sender.attempt`. Plain numbers, fit for JSON. */
export interface AttemptOptions {
  /** Which attempt this is: 1 for the first. The endpoint's schedule counts by it. */
  readonly attempt: number;
  /** When it was enqueued, in milliseconds since the epoch, for `discardAfter`. Default: now. */
  readonly enqueuedAt?: number;
  /** When the first attempt began, in milliseconds since the epoch, for a schedule of your own. Default: now. */
  readonly firstAt?: number;
  /** How many of an event's requests have arrived, where the format makes several of it. @default 0 */
  readonly sent?: number;
}

/** How one attempt for a job engine ended, and by its `kind` what becomes of the job. */
export type AttemptResult = AttemptDone | AttemptAgain | AttemptDead | AttemptDiscarded | AttemptDisabled;

/** The part that all results share: the exchange with the receiver, as it is recorded. */
export interface Attempted {
  /** The record that hooks and dead letters have, without secrets. Absent where no request was tried. */
  readonly attempt?: AttemptRecord;
}

/** The receiver accepted the event: complete the job. */
export interface AttemptDone extends Attempted {
  /** It has arrived. */
  readonly kind: "delivered";
}

/** Call again: by the endpoint's schedule and the receiver's `Retry-After`. */
export interface AttemptAgain extends Attempted {
  /** Not accepted, and not given up. */
  readonly kind: "retry";
  /** Milliseconds to wait at least. */
  readonly after: number;
  /** What to hand to the next call. It counts no attempt where this machine had no means to make one. */
  readonly again: AttemptOptions;
}

/** Given up: keep it as a dead letter of the engine. */
export interface AttemptDead extends Attempted {
  /** It is not to be tried again. */
  readonly kind: "dead";
  /** `"permanent"`: the receiver, or the endpoint's own definition, will never let it through; `"exhausted"`: the schedule has ended. */
  readonly reason: "permanent" | "exhausted";
  /** A sentence for a person; it may quote the receiver, so treat it as hostile text. */
  readonly message: string;
}

/** Older than the endpoint's `discardAfter`: complete the job. */
export interface AttemptDiscarded extends Attempted {
  /** It has not arrived, and nobody wants it any more. */
  readonly kind: "discard";
  /** A sentence for a log: that it came too late, and after how many attempts. */
  readonly message: string;
}

/** The endpoint is to be left alone, or already is: keep the event until it is enabled. */
export interface AttemptDisabled extends Attempted {
  /** No event is to go there now. */
  readonly kind: "disable";
  /** Why the endpoint is disabled, as a sentence; it may quote the receiver, so treat it as hostile text. */
  readonly reason: string;
  /** What to hand to the call once the endpoint is enabled. */
  readonly again: AttemptOptions;
}

const KEYS: KeysOf<AttemptOptions> = {
  attempt: "required",
  enqueuedAt: "optional",
  firstAt: "optional",
  sent: "optional",
};
/** The latest time that a Date can hold. */
const LATEST = 8.64e15;
/** Nobody else has it: the engine sees to that. */
const OUTBOX: SendTools["outbox"] = { extend: async (claims) => claims };
/** A job engine keeps the pace: neither rate nor breaker is asked or told. */
const SIDE: SendSide = { begin: () => undefined, ended() {}, unmade() {} };
/** How long an event waits where this machine, or this sender, could make no request, in milliseconds. */
const UNMADE_PAUSE = 1_000;

/** What attempts for an engine are made with. */
export interface EngineTools extends Omit<SendTools, "outbox"> {
  readonly lanes: Lanes;
  readonly turns: Turns;
  readonly random: Random;
  readonly store: (event: WebhookEvent) => StoredEvent;
  /** Whether the sender takes nothing more. */
  readonly closed: () => boolean;
  /** `true` once the sender cuts what is under way: a failure is then no attempt. */
  readonly cutting: () => boolean;
}

/** Attempts whose events are kept by somebody else: the way of a lane's batch, without a claim and without a lane. */
export class EngineAttempts {
  readonly #tools: EngineTools;
  readonly #underWay = new Set<Promise<AttemptResult>>();

  constructor(tools: EngineTools) {
    this.#tools = tools;
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.allSettled(this.#underWay);
  }

  /** @throws ConfigurationError where endpoint, event or options cannot be */
  async attempt(name: string, event: WebhookEvent, options: AttemptOptions): Promise<AttemptResult> {
    if (this.#tools.closed()) {
      throw new ConfigurationError("attempt", "The sender is closed and makes no more attempts.", "closed");
    }
    checkOptions(options, KEYS, "attempt");
    const now = this.#tools.wall.now();
    const { enqueuedAt = now, firstAt = now, sent = 0 } = options;
    const standing = {
      attempt: checkInteger(options.attempt, "attempt.attempt", 1),
      enqueuedAt: checkInteger(enqueuedAt, "attempt.enqueuedAt", 0, LATEST, "milliseconds"),
      firstAt: checkInteger(firstAt, "attempt.firstAt", 0, LATEST, "milliseconds"),
      sent: checkInteger(sent, "attempt.sent", 0),
    };
    const stored = this.#tools.store(event);
    // One that is made up here would be another in each attempt, and the receiver could not tell a retry.
    checkText(event.id, "event.id");
    const under = this.#attempt(name, stored, standing);
    this.#underWay.add(under);
    try {
      return await under;
    } finally {
      this.#underWay.delete(under);
    }
  }

  async #attempt(name: string, event: StoredEvent, standing: Required<AttemptOptions>): Promise<AttemptResult> {
    const { lanes, wall, clock, turns } = this.#tools;
    const lane = lanes.get(name);
    await lane.ready();
    const again = compact(standing);
    if (lane.disabled)
      return { kind: "disable", reason: lane.state?.reason ?? "Its definition says enabled: false.", again };
    const { endpoint } = lane;
    const { attempt, enqueuedAt, firstAt, sent } = standing;
    const now = wall.now();
    const attempts = attempt - 1;
    const item: ClaimedItem = {
      id: event.id,
      token: 0,
      endpoint: name,
      generation: 0,
      event,
      enqueuedAt,
      attempts,
      // A machine whose clock is behind the one that enqueued it.
      age: Math.max(0, now - enqueuedAt),
      ...(attempts === 0 ? {} : { tried: Math.max(0, now - firstAt) }),
      ...(sent === 0 ? {} : { progress: { items: [event.id], sent } }),
    };
    if (isOld(item, endpoint)) return TOO_OLD;
    const since = clock.now();
    const result = await turns.once(endpoint.url.origin, () =>
      sendAll([item], since, endpoint, { ...this.#tools, outbox: OUTBOX }, SIDE),
    );
    const came = compact({ ...standing, sent: result.of > 1 ? result.sent : 0 });
    const made = result.kind === "delivered" || !(result.kind === "unmade" || this.#tools.cutting());
    if (!made) return { kind: "retry", after: UNMADE_PAUSE, again: came };
    // Without a claim there is none to lose: a request was made, or its body could not be.
    const last = result.last as AttemptOutcome;
    const plan = result.kind === "delivered" ? DONE : planFor(item, since, last, endpoint, this.#tools);
    return resultOf(plan, last.record, { ...came, attempt: attempt + 1 }, endpoint.mask);
  }
}

function resultOf(plan: Plan, attempt: AttemptRecord, again: AttemptOptions, mask: Endpoint["mask"]): AttemptResult {
  switch (plan.kind) {
    case "done":
      return { kind: "delivered", attempt };
    case "retry":
      return { kind: "retry", after: plan.delay, again, attempt };
    case "keep":
      return { kind: "disable", reason: attempt.message ?? "The receiver is gone.", again, attempt };
    case "dead":
    case "discard":
      return { ...plan, message: mask(plan.message), attempt };
  }
}

/** What a job need not keep is left out. */
function compact({ sent, ...rest }: Required<AttemptOptions>): AttemptOptions {
  return sent === 0 ? rest : { ...rest, sent };
}
