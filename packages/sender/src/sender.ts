import { randomUUID } from "node:crypto";
import { type Clock, ConfigurationError, type Duration, parseDuration, systemClock } from "@countersign/core";
import { checkBoolean, checkKeys } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { EndpointOptions } from "./endpoint/options.ts";
import {
  DEAD_LETTER_TYPE,
  type DeliveredEvent,
  restoreEvent,
  type StoredEvent,
  storeEvent,
} from "./event/stored-event.ts";
import { createAnnouncer, type Hooks } from "./hooks.ts";
import type { AttemptTools } from "./lane/attempt.ts";
import type { DeliveryTools } from "./lane/batch.ts";
import type { Lane } from "./lane/lane.ts";
import { type Endpoints, Lanes } from "./lane/lanes.ts";
import { type CallResult, sendOnce, showExchange, type TestResult } from "./lane/once.ts";
import { type Outcome, Outcomes, type SendHandle } from "./lane/outcome.ts";
import { memoryOutbox } from "./outbox/memory.ts";
import { type ClaimedItem, type DeadLetter, type Outbox, OutboxFull, type Placed } from "./outbox/outbox.ts";
import type { Random } from "./pace/schedule.ts";
import type { Readers } from "./secret/secret.ts";
import { defineGuard, type GuardOptions } from "./transport/guard.ts";
import { httpTransport } from "./transport/http.ts";
import type { Resolve } from "./transport/resolve.ts";
import type { Transport } from "./transport/transport.ts";

/** Options of {@link createSender}. */
export interface SenderOptions {
  readonly endpoints: readonly EndpointOptions[];
  /** Where events wait. Default: in memory, lost with the process. */
  readonly outbox?: Outbox;
  /** Where it may connect. Default: https to public addresses. */
  readonly guard?: GuardOptions;
  /** What endpoint definitions may read. Default: nothing. */
  readonly readers?: Readers;
  readonly hooks?: Hooks;
  /** Raises a `webhook.dlq` event for each event that is given up, for endpoints that ask for it. @default true */
  readonly deadLetterEvents?: boolean;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Chance for jitter, in [0, 1). @default Math.random */
  readonly random?: Random;
  /** Makes ids for events without one. Default: random UUIDs. */
  readonly makeId?: () => string;
  /** Turns names into addresses. Default: the system's resolver. Each answer is judged. */
  readonly resolve?: Resolve;
  /** Makes the requests instead of the real transport; address guard and resolver are then its own business. */
  readonly transport?: Transport;
}

/** Signs and delivers events. */
export interface Sender {
  /**
   * Resolves when the event is in the outbox of every endpoint that wants it, and not when it has arrived.
   *
   * @param options `to`: only these endpoints, if their filters want the event too
   * @throws ConfigurationError for an event that cannot be sent or an endpoint that there is not
   * @throws OutboxFull when there is no room; nothing was taken then
   */
  send(event: WebhookEvent, options?: { readonly to?: string | readonly string[] }): Promise<SendHandle>;
  /** Sends one synthetic event at once, past filter and queue, retries nothing, and shows the whole exchange, masked. */
  test(endpoint: string, event?: WebhookEvent): Promise<TestResult>;
  /** Sends one event at once and gives back the answer as it is: for hooks that want a decision. */
  call(endpoint: string, event: WebhookEvent): Promise<CallResult>;
  readonly endpoints: Endpoints;
  readonly deadLetters: DeadLetters;
  /**
   * Takes no more events, sends what is due without waiting out retries, and ends. What is under way at the deadline
   * is cut, and stays in the outbox like everything that still waits.
   *
   * @param options `timeout`: how long it may take, default "10s"
   */
  close(options?: { readonly timeout?: Duration }): Promise<void>;
}

/** Events that were given up. */
export interface DeadLetters {
  /** Oldest first; `after` is the last item of the page before. */
  list(query?: {
    readonly endpoint?: string;
    readonly limit?: number;
    readonly after?: string;
  }): Promise<readonly DeadLetter[]>;
  /** Puts one back into the queue as if it were new. `false` when there is none. */
  redrive(item: string): Promise<boolean>;
  /** All of one endpoint, or all. Gives back how many. */
  redriveAll(endpoint?: string): Promise<number>;
  /** Forgets one. */
  drop(item: string): Promise<boolean>;
}

const KEYS = Object.keys({
  endpoints: 0,
  outbox: 0,
  guard: 0,
  readers: 0,
  hooks: 0,
  deadLetterEvents: 0,
  clock: 0,
  random: 0,
  makeId: 0,
  resolve: 0,
  transport: 0,
} satisfies Record<keyof SenderOptions, 0>);

const REDRIVE_PAGE = 500;

/**
 * A sender: give it events, and it signs them, delivers them, tries again and keeps what it had to give up.
 *
 * @throws ConfigurationError when an option or an endpoint cannot be honoured
 *
 * @example
 * ```ts
 * import { createSender, exponential } from "@countersign/sender";
 * import { standardWebhooks } from "@countersign/core/providers";
 *
 * const sender = createSender({
 *   endpoints: [
 *     {
 *       name: "billing",
 *       url: "https://example.com/hooks",
 *       sign: { provider: standardWebhooks, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" },
 *       retry: exponential(),
 *     },
 *   ],
 * });
 * const handle = await sender.send({ type: "invoice.paid", data: { invoice: 17 } }, { to: [] });
 * await handle.outcome();
 * await sender.close();
 * ```
 */
export function createSender(options: SenderOptions): Sender {
  checkKeys(options, KEYS, "");
  if (!Array.isArray(options.endpoints)) {
    throw new ConfigurationError("endpoints", "endpoints must be a list of endpoint definitions; it may be empty.");
  }
  const { clock = systemClock, random = Math.random, readers = {}, makeId = randomUUID } = options;
  const raises = checkBoolean(options.deadLetterEvents ?? true, "deadLetterEvents");
  const outbox = options.outbox ?? memoryOutbox();
  const guard = defineGuard(options.guard);
  const announcer = createAnnouncer(options.hooks);
  const transport =
    options.transport ??
    httpTransport({ guard, clock, ...(options.resolve === undefined ? {} : { resolve: options.resolve }) });
  const outcomes = new Outcomes();
  let closing = false;
  let cutting = false;
  let closed: Promise<void> | undefined;

  const tools: DeliveryTools & AttemptTools = {
    outbox,
    transport,
    clock,
    random,
    announcer,
    cutting: () => cutting,
    settle(item, outcome) {
      outcomes.settle(item.id, outcome);
      if (outcome.status === "dead") void raiseDeadLetter(item, outcome);
    },
  };
  const lanes = new Lanes({ guard, readers }, tools, (item, endpoint) => {
    outcomes.settle(item, { endpoint, status: "cancelled", attempts: 0, history: [] });
  });
  for (const endpoint of options.endpoints) lanes.add(endpoint);

  async function send(
    event: WebhookEvent,
    { to }: { readonly to?: string | readonly string[] } = {},
  ): Promise<SendHandle> {
    if (closing) throw new ConfigurationError("send", "The sender is closed and takes no more events.", "closed");
    const stored = storeEvent(event, clock.now(), makeId);
    if (stored.type === DEAD_LETTER_TYPE) {
      throw new ConfigurationError(
        "event.type",
        `event.type "${DEAD_LETTER_TYPE}" is the sender's own. Use another name.`,
        "reserved_event",
      );
    }
    return place(stored, to === undefined ? lanes.values() : named(to));
  }

  function named(to: string | readonly string[]): readonly Lane[] {
    return [...new Set(typeof to === "string" ? [to] : to)].map((name) => lanes.get(name));
  }

  async function place(stored: StoredEvent, candidates: Iterable<Lane>): Promise<SendHandle> {
    const now = clock.now();
    const event = restoreEvent(stored);
    let wanted: string[] = [];
    for (const lane of candidates) if (wants(lane, event)) wanted.push(lane.endpoint.name);
    const dropped: string[] = [];
    let placed: readonly Placed[] = [];
    while (wanted.length > 0) {
      try {
        placed = await outbox.enqueue(
          stored,
          wanted.map((endpoint) => ({ endpoint, at: lanes.find(endpoint)?.placeAt(now) ?? now })),
          now,
        );
        break;
      } catch (error) {
        const full = error instanceof OutboxFull ? error.endpoint : undefined;
        if (full === undefined || !wanted.includes(full) || !lanes.find(full)?.endpoint.lossy) throw error;
        wanted = wanted.filter((name) => name !== full);
        dropped.push(full);
      }
    }
    return report(stored, placed, dropped);
  }

  function wants(lane: Lane, event: DeliveredEvent): boolean {
    try {
      return lane.endpoint.filter(event);
    } catch (error) {
      announcer.tell("failure", () => ({ endpoint: lane.endpoint.name, where: "filter", error }));
      return false;
    }
  }

  function report(stored: StoredEvent, placed: readonly Placed[], dropped: readonly string[]): SendHandle {
    const subject = { id: stored.id, type: stored.type };
    const deliveries: SendHandle["deliveries"][number][] = [];
    const waits: (() => Promise<Outcome>)[] = [];
    for (const { endpoint, item, created } of placed) {
      deliveries.push({ endpoint, status: created ? "queued" : "duplicate" });
      if (created || outcomes.knows(item)) waits.push(outcomes.follow(item, endpoint));
      else waits.push(async () => ({ endpoint, status: "duplicate", attempts: 0, history: [] }));
      if (!created) continue;
      announcer.tell("enqueued", () => ({ endpoint, item, event: subject }));
      lanes.find(endpoint)?.kick(1);
    }
    for (const endpoint of dropped) {
      deliveries.push({ endpoint, status: "dropped" });
      waits.push(async () => ({ endpoint, status: "discarded", attempts: 0, history: [] }));
      const message = "Dropped: the outbox had no room for this lossy endpoint.";
      announcer.tell("discarded", () => ({ endpoint, item: "", event: subject, attempts: 0, message }));
    }
    return { id: stored.id, deliveries, outcome: () => Promise.all(waits.map((wait) => wait())) };
  }

  /** Tells those who asked for it. Never about itself, and never to the endpoint that failed: there is no loop. */
  async function raiseDeadLetter({ endpoint, event }: ClaimedItem, outcome: Outcome): Promise<void> {
    if (!raises || closing || event.type === DEAD_LETTER_TYPE) return;
    const { id, type, severity, time } = event;
    const data = {
      endpoint,
      reason: outcome.reason,
      attempts: outcome.attempts,
      event: { id, type, severity, time: new Date(time).toISOString() },
    };
    const stored = storeEvent({ type: DEAD_LETTER_TYPE, severity: "error", data }, clock.now(), makeId);
    try {
      await place(
        stored,
        [...lanes.values()].filter((lane) => lane.endpoint.name !== endpoint),
      );
    } catch (error) {
      announcer.tell("failure", () => ({ endpoint, where: "outbox", error }));
    }
  }

  async function once(name: string, event: WebhookEvent) {
    const { endpoint } = lanes.get(name);
    const stored = restoreEvent(storeEvent(event, clock.now(), makeId));
    return { endpoint, outcomes: await sendOnce(endpoint, stored, tools, makeId) };
  }

  async function shut(timeout: number): Promise<void> {
    closing = true;
    const all = [...lanes.values()];
    let deadline: unknown;
    const late = new Promise<void>((resolve) => {
      deadline = clock.setTimeout(resolve, timeout);
    });
    await Promise.race([Promise.all(all.map((lane) => lane.drain())), late]);
    clock.clearTimeout(deadline);
    cutting = true;
    for (const lane of all) lane.stop();
    await transport.close();
    await settled(all);
    await outbox.close();
    outcomes.settleAll((endpoint) => ({ endpoint, status: "pending", attempts: 0, history: [] }));
  }

  return Object.freeze({
    send,
    async test(name: string, event?: WebhookEvent): Promise<TestResult> {
      const synthetic = event ??
        lanes.get(name).endpoint.testEvent ?? { type: "test", data: { message: "This is a test event" } };
      const { endpoint, outcomes: made } = await once(name, synthetic);
      const exchanges = made.map((outcome) => showExchange(endpoint, outcome));
      return { ok: exchanges.every((exchange) => exchange.ruling === "success"), exchanges };
    },
    async call(name: string, event: WebhookEvent): Promise<CallResult> {
      const { outcomes: made } = await once(name, event);
      const last = made[made.length - 1];
      if (last === undefined) throw new ConfigurationError("call", "The format made no message of this event.");
      const { ruling, record, result } = last;
      if (result.kind === "error") return { ruling, attempt: record };
      const { status, headers, body } = result;
      return { ruling, attempt: record, response: { status, headers, body } };
    },
    endpoints: lanes.facade(),
    deadLetters: Object.freeze({
      list: (query = {}) => outbox.deadLetters(query),
      redrive,
      async redriveAll(endpoint?: string) {
        let count = 0;
        for (;;) {
          const page = await outbox.deadLetters({
            limit: REDRIVE_PAGE,
            ...(endpoint === undefined ? {} : { endpoint }),
          });
          let moved = 0;
          for (const letter of page) if (await redrive(letter.id, letter.endpoint)) moved += 1;
          count += moved;
          if (moved === 0) return count;
        }
      },
      drop: (item: string) => outbox.cancel(item),
    } satisfies DeadLetters),
    close(closeOptions: { readonly timeout?: Duration } = {}): Promise<void> {
      checkKeys(closeOptions, ["timeout"], "close");
      closed ??= shut(parseDuration(closeOptions.timeout ?? "10s", "close.timeout"));
      return closed;
    },
  });

  async function redrive(item: string, endpoint?: string): Promise<boolean> {
    const moved = await outbox.redrive(item, clock.now());
    if (!moved) return false;
    if (endpoint !== undefined) lanes.find(endpoint)?.kick(1);
    else for (const lane of lanes.values()) lane.kick(1);
    return true;
  }

  /** Deliveries that were cut still put their events back. */
  async function settled(all: readonly Lane[]): Promise<void> {
    for (let turn = 0; turn < 100 && all.some((lane) => lane.inFlight > 0); turn += 1) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
