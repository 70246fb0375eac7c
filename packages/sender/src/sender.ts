import { randomUUID } from "node:crypto";
import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { checkBoolean, checkFunction, checkOptions, type KeysOf } from "@countersign/core/checks";
import type { WebhookEvent } from "@countersign/core/event";
import type { EndpointOptions } from "./endpoint/options.ts";
import { storeEvent } from "./event/stored-event.ts";
import { createAnnouncer, type Hooks, type SendFinding } from "./hooks.ts";
import { DeadLetterEvents } from "./lane/dead-letter-events.ts";
import { createDeadLetters, type DeadLetters } from "./lane/dead-letters.ts";
import { type AttemptOptions, type AttemptResult, EngineAttempts } from "./lane/engine.ts";
import { Intake } from "./lane/intake.ts";
import type { LaneTools } from "./lane/lane.ts";
import { type Endpoints, Lanes } from "./lane/lanes.ts";
import { Ledger } from "./lane/ledger.ts";
import { type CallResult, OneOff, type TestResult } from "./lane/once.ts";
import type { SendHandle } from "./lane/outcome.ts";
import { Outcomes } from "./lane/outcomes.ts";
import { Shutdown } from "./lane/shutdown.ts";
import { Work } from "./lane/work.ts";
import { memoryOutbox } from "./outbox/memory/outbox.ts";
import type { Outbox } from "./outbox/outbox.ts";
import type { Random } from "./pace/schedule.ts";
import type { Readers } from "./secret/secret.ts";
import { machineClock, type SenderClock, steady } from "./time/steady.ts";
import { defineGuard, type GuardOption } from "./transport/guard.ts";
import { guardedTransport } from "./transport/http.ts";
import { defineLimits, type LimitOptions } from "./transport/limits.ts";
import type { Resolve } from "./transport/resolve.ts";
import type { Transport } from "./transport/transport.ts";
import { Turns } from "./transport/turns.ts";

/** Options of {@link createSender}. */
export interface SenderOptions<Tx = never> {
  /** Where events go; may be empty, and more can be added while it runs. */
  readonly endpoints: readonly EndpointOptions[];
  /** Where events wait. Default: in memory, lost with the process. */
  readonly outbox?: Outbox<Tx>;
  /**
   * Where it may connect. `"development"` adds http and the loopback interface, for a receiver on the same machine.
   * Default: https to public addresses.
   */
  readonly guard?: GuardOption;
  /** What it may use of the machine at a time, for all endpoints together: sockets and bytes. */
  readonly limits?: LimitOptions;
  /** What endpoint definitions may read. Default: nothing. */
  readonly readers?: Readers;
  /** Functions that are told what happens. Default: none; the same goes to `node:diagnostics_channel`. */
  readonly hooks?: Hooks;
  /** Raises a `webhook.dlq` event for each event that is given up, for endpoints that ask for it. @default true */
  readonly deadLetterEvents?: boolean;
  /** Where time comes from. Default: the machine's, whose waits go on where its wall clock is set back. */
  readonly clock?: SenderClock;
  /** Chance for jitter, in [0, 1). @default Math.random */
  readonly random?: Random;
  /** Makes ids for events without one. Default: random UUIDs. */
  readonly makeId?: () => string;
  /** Turns names into addresses. Default: the system's resolver. Each answer is judged. */
  readonly resolve?: Resolve;
  /** Makes the requests instead of the real transport; address guard and resolver are then its own business. */
  readonly transport?: Transport;
}

/** Options of {@link Sender.send}. */
export interface SendOptions<Tx = never> {
  /** Only these endpoints, and only if their filters want the event. Default: all. */
  readonly to?: string | readonly string[];
  /**
   * Your own open transaction, of the database that the outbox is in: the event is sent if and only if it commits, and
   * nothing is delivered, or told to hooks, before. Default: the event is kept at once.
   */
  readonly tx?: Tx;
}

/** Options of {@link Sender.close}. */
export interface CloseOptions {
  /** How long what is under way may take. @default "10s" */
  readonly timeout?: Duration;
}

/** Signs and delivers events. */
export interface Sender<Tx = never> {
  /**
   * Resolves when the event is in the outbox for every endpoint that wants it, which is before it has arrived.
   *
   * @throws ConfigurationError for an event that cannot be sent or an endpoint that does not exist
   * @throws OutboxFull when there is no room; nothing was taken then
   */
  send(event: WebhookEvent, options?: SendOptions<Tx>): Promise<SendHandle>;
  /**
   * What becomes of an event at each endpoint if it is sent now, and why: by filter, by what holds the endpoint back, or
   * in the words of the system whose configuration it is. Sends and keeps nothing.
   *
   * @throws ConfigurationError for an event that cannot be sent or an endpoint that does not exist
   */
  explain(event: WebhookEvent, options?: SendOptions): Promise<readonly SendFinding[]>;
  /** Sends one synthetic event at once, past filter and queue, retries nothing, and shows the whole exchange, masked. */
  test(endpoint: string, event?: WebhookEvent): Promise<TestResult>;
  /** Sends one event at once and gives back the answer as it is: for hooks that want a decision. */
  call(endpoint: string, event: WebhookEvent): Promise<CallResult>;
  /**
   * Makes one attempt for an event that somebody else keeps, a job engine, and says what to do next. Body, signature, guard,
   * deadline, ruling and schedule are those of `send`; the filter, the rate, the breaker and the outbox are not asked, but an
   * endpoint that is disabled is not called. It changes nothing: the engine does what the result says, as
   * `@countersign/outbox/pg-boss` and `@countersign/outbox/bullmq` do.
   *
   * @param event with its `id`, which is signed and must be the same in each attempt
   * @param options `{ attempt: 1 }`, and then the `again` of the latest result
   * @throws ConfigurationError for an endpoint that does not exist (`unknown_endpoint`), an event or options that cannot be,
   * or after `close` (`closed`)
   *
   * @example
   * ```ts
   * import { waits } from "@countersign/sender";
   * import { stage } from "@countersign/sender/testing";
   *
   * const endpoint = { name: "billing", url: "https://example.com/hooks", retry: waits(["1m"]) };
   * const { sender } = stage([endpoint], (_request, index) => (index === 0 ? 503 : 200));
   * const event = { id: "evt_17", type: "invoice.paid", data: { invoice: 17 } };
   *
   * const first = await sender.attempt("billing", event, { attempt: 1 });
   * console.log(first.kind, first.kind === "retry" && first.after); // retry 60000
   * if (first.kind === "retry") {
   *   const second = await sender.attempt("billing", event, first.again);
   *   console.log(second.kind, second.attempt?.number); // delivered 2
   * }
   * ```
   */
  attempt(endpoint: string, event: WebhookEvent, options: AttemptOptions): Promise<AttemptResult>;
  /** Adds, changes, disables and describes endpoints while it runs. */
  readonly endpoints: Endpoints;
  /** Lists what was given up, and sends it anew. */
  readonly deadLetters: DeadLetters;
  /**
   * Takes no more events, sends what is due without waiting out retries, and ends. What is under way at the deadline
   * is cut, and stays in the outbox like everything that still waits.
   */
  close(options?: CloseOptions): Promise<void>;
}

const KEYS: KeysOf<SenderOptions<unknown>> = {
  endpoints: "required",
  outbox: "optional",
  guard: "optional",
  limits: "optional",
  readers: "optional",
  hooks: "optional",
  deadLetterEvents: "optional",
  clock: "optional",
  random: "optional",
  makeId: "optional",
  resolve: "optional",
  transport: "optional",
};
const READERS: KeysOf<Readers> = { env: "optional", file: "optional" };
/** What the sender calls of an outbox. */
const OUTBOX: readonly (keyof Outbox)[] = [
  "enqueue",
  "claim",
  "extend",
  "finish",
  "release",
  "look",
  "setEndpointState",
  "removeEndpoint",
  "cancel",
  "list",
  "redrive",
  "attempts",
  "outcomes",
  "stats",
  "close",
];
const SEND: KeysOf<SendOptions<unknown>> = { to: "optional", tx: "optional" };
const CLOSE: KeysOf<CloseOptions> = { timeout: "optional" };

/**
 * A sender: give it events, and it signs them, delivers them, tries again and keeps what it had to give up.
 *
 * @throws ConfigurationError when an option or an endpoint is not possible
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
export function createSender<Tx = never>(options: SenderOptions<Tx>): Sender<Tx> {
  const settings = readOptions(options);
  const { outbox, transport, wall, clock, random, announcer, makeId } = settings;
  const turns = new Turns(settings.limits, clock);
  const outcomes = new Outcomes();
  const store = (event: WebhookEvent) => storeEvent(event, wall.now(), makeId);
  const owner = randomUUID();
  const work = new Work({ outbox, clock, announcer, owner });

  const tools: LaneTools = {
    ledger: new Ledger(outbox),
    outbox,
    work,
    turns,
    transport,
    clock,
    wall,
    random,
    announcer,
    cutting: () => shutdown.cutting,
    followed: (item) => outcomes.knows(item),
    ended: (item, outcome) => outcomes.end(item.id, outcome),
    raise: (item, reason, attempts) => deadLetterEvents.raise(item, reason, attempts),
    raised: (placing, placed) => deadLetterEvents.raised(placing, placed),
  };
  const lanes = new Lanes(settings.context, tools, (endpoint) => outcomes.refreshEndpoint(outbox, endpoint));
  const intake = new Intake({ lanes, outbox, outcomes, announcer, clock, store });
  const deadLetterEvents = new DeadLetterEvents({ intake, store, enabled: settings.deadLetterEvents });
  const engineAttempts = new EngineAttempts({
    ...{ lanes, turns, transport, clock, wall, random, announcer, store },
    closed: () => intake.closed,
    cutting: () => shutdown.cutting,
  });
  const shutdown = new Shutdown({
    intake,
    lanes,
    work,
    transport,
    outbox,
    outcomes,
    clock,
    owner,
    deadLetterEvents,
    engineAttempts,
  });
  const oneOff = new OneOff({ lanes, turns, transport, clock: wall, store, makeId });
  for (const endpoint of options.endpoints) lanes.add(endpoint);
  work.watch(
    () => lanes.values(),
    () => outcomes.refresh(outbox),
  );

  return Object.freeze({
    async send(event, sendOptions = {}) {
      checkOptions(sendOptions, SEND, "send");
      return intake.send(event, sendOptions);
    },
    async explain(event, sendOptions = {}) {
      checkOptions(sendOptions, SEND, "explain");
      return intake.explain(event, sendOptions.to);
    },
    test: (name, event) => oneOff.test(name, event),
    call: (name, event) => oneOff.call(name, event),
    attempt: (name, event, attemptOptions) => engineAttempts.attempt(name, event, attemptOptions),
    endpoints: lanes.facade(),
    deadLetters: createDeadLetters(outbox, lanes),
    close(closeOptions = {}) {
      checkOptions(closeOptions, CLOSE, "close");
      return shutdown.close(parseDuration(closeOptions.timeout ?? "10s", "close.timeout"));
    },
  } satisfies Sender<Tx>);
}

/** An object is known by what it can do. @throws ConfigurationError */
function checkMethods(value: object, option: string, methods: readonly string[]): void {
  const missing = methods.find((name) => typeof (value as Record<string, unknown> | null)?.[name] !== "function");
  if (missing === undefined) return;
  throw new ConfigurationError(option, `${option} must be an object with the method ${missing}.`);
}

/** Checks the options and lays in their defaults. */
function readOptions<Tx>(options: SenderOptions<Tx>) {
  checkOptions(options, KEYS, "");
  if (!Array.isArray(options.endpoints)) {
    throw new ConfigurationError("endpoints", "endpoints must be a list of endpoint definitions; it may be empty.");
  }
  const { clock: wall = machineClock, random = Math.random, makeId = randomUUID, resolve, readers = {} } = options;
  checkFunction(random, "random");
  checkFunction(makeId, "makeId");
  checkFunction(resolve, "resolve");
  checkMethods(wall, "clock", ["now", "setTimeout", "clearTimeout"]);
  checkFunction(wall.monotonic, "clock.monotonic");
  checkOptions(readers, READERS, "readers");
  checkFunction(readers.env, "readers.env");
  checkFunction(readers.file, "readers.file");
  if (options.transport !== undefined) checkMethods(options.transport, "transport", ["request", "close"]);
  if (options.outbox !== undefined) checkMethods(options.outbox, "outbox", OUTBOX);
  const clock = steady(wall);
  const deadLetterEvents = checkBoolean(options.deadLetterEvents ?? true, "deadLetterEvents");
  const guard = defineGuard(options.guard);
  const limits = defineLimits(options.limits);
  return {
    limits,
    context: { guard, readers },
    outbox: (options.outbox ?? memoryOutbox({ clock: wall })) as Outbox<unknown>,
    transport: options.transport ?? guardedTransport(guard, limits, resolve, clock),
    announcer: createAnnouncer(options.hooks),
    deadLetterEvents,
    wall,
    clock,
    random,
    makeId,
  };
}
