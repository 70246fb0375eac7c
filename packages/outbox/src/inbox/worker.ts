import { randomUUID } from "node:crypto";
import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import { checkChoice, checkFunction, checkInteger, checkOptions, type KeysOf } from "@countersign/core/checks";
import { type AttemptRecord, type ClaimedItem, exponential, type Result, type Schedule } from "@countersign/sender";
import { type ReceivedDelivery, received } from "./deliveries.ts";
import type { KeyedOutbox } from "./store.ts";

/** What a worker does with a delivery. What it throws, or rejects with, is tried again. */
export type InboxHandler = (delivery: ReceivedDelivery) => unknown;

/** How deliveries are handed on: how often, how many at a time, in which order. */
export interface WorkerOptions {
  /** When a delivery whose handler failed is tried again; after the last time it is a dead letter. @default exponential() */
  readonly retry?: Schedule;
  /** Deliveries at a time, in this process. @default 8, and 1 with `order: "fifo"` */
  readonly concurrency?: number;
  /** `"fifo"`: strictly in the order in which they came, over all workers: one that fails holds back those behind it. @default "any" */
  readonly order?: "any" | "fifo";
  /** How long a delivery is held without a sign of life; renewed while the handler works. @default "30s" */
  readonly lease?: Duration;
  /** Told of what fails: a handler, with its delivery, or the inbox itself. Default: nobody. */
  readonly onFailure?: (error: unknown, delivery: ReceivedDelivery | undefined) => unknown;
}

/** What hands deliveries of a route to a handler, from the call of `work` until it is closed. */
export interface InboxWorker {
  /** Takes nothing more, waits for the handlers under way, tells them to stop when the time is over, and gives back the rest. */
  close(options?: {
    /** How long handlers may take to end. @default "10s" */
    readonly timeout?: Duration;
  }): Promise<void>;
}

const KEYS: KeysOf<WorkerOptions> = {
  retry: "optional",
  concurrency: "optional",
  order: "optional",
  lease: "optional",
  onFailure: "optional",
};
/** After a failure of the inbox. */
const PAUSE = 1_000;

/** Hands on what is kept for a route. @throws ConfigurationError */
export class Worker implements InboxWorker {
  readonly #outbox: KeyedOutbox;
  readonly #route: string;
  readonly #handler: InboxHandler;
  readonly #settings: ReturnType<typeof check>;
  readonly #owner = randomUUID();
  readonly #running = new Map<Promise<void>, AbortController>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(outbox: KeyedOutbox, route: string, handler: InboxHandler, options: WorkerOptions) {
    if (typeof handler !== "function")
      throw new ConfigurationError("handler", "handler must be a function of a delivery.");
    this.#outbox = outbox;
    this.#route = route;
    this.#handler = handler;
    this.#settings = check(options);
    this.kick();
  }

  /** There may be something to hand on. */
  kick(): void {
    this.#again = true;
    if (!this.#looking && !this.#closed) void this.#look();
  }

  async close({ timeout = "10s" }: { readonly timeout?: Duration } = {}): Promise<void> {
    const wait = parseDuration(timeout, "close.timeout");
    this.#closed = true;
    clearTimeout(this.#timer);
    const late = new Promise((resolve) => {
      this.#timer = setTimeout(resolve, wait);
    });
    await Promise.race([Promise.all(this.#running.keys()), late]);
    clearTimeout(this.#timer);
    for (const stopping of this.#running.values()) stopping.abort();
    await this.#outbox.release(this.#owner).catch((error) => this.#settings.onFailure(error, undefined));
  }

  async #look(): Promise<void> {
    this.#looking = true;
    clearTimeout(this.#timer);
    let wait = this.#outbox.pollInterval ?? PAUSE;
    try {
      while (this.#again && !this.#closed) {
        this.#again = false;
        await this.#take();
      }
    } catch (error) {
      wait = PAUSE;
      this.#settings.onFailure(error, undefined);
    }
    this.#looking = false;
    if (!this.#closed) this.#timer = setTimeout(() => this.kick(), wait);
  }

  async #take(): Promise<void> {
    const { concurrency, order, lease } = this.#settings;
    const limit = concurrency - this.#running.size;
    if (limit === 0) return;
    const room = [{ endpoint: this.#route, generation: 1, limit, lease, order }];
    const items = await this.#outbox.claim({ owner: this.#owner, total: limit, room });
    for (const item of items) this.#start(item);
    if (items.length === limit) this.#again = true;
  }

  #start(item: ClaimedItem): void {
    const stopping = new AbortController();
    const run = this.#run(item, stopping).finally(() => {
      this.#running.delete(run);
      this.kick();
    });
    this.#running.set(run, stopping);
  }

  async #run(item: ClaimedItem, stopping: AbortController): Promise<void> {
    const { lease, onFailure } = this.#settings;
    const delivery = received(item, stopping.signal);
    const beat = setInterval(() => {
      this.#outbox.extend([item], lease).then(
        (held) => held.length === 0 && stopping.abort(),
        (error) => onFailure(error, delivery),
      );
    }, lease / 3);
    const startedAt = Date.now();
    let failure: { readonly error: unknown } | undefined;
    try {
      await this.#handler(delivery);
    } catch (error) {
      failure = { error };
      onFailure(error, delivery);
    }
    try {
      await this.#finish(this.#resultOf(item, startedAt, failure));
    } catch (error) {
      onFailure(error, delivery);
    } finally {
      clearInterval(beat);
    }
  }

  /** Asked again while it fails: the handler has done its work, and should not do it twice. */
  async #finish(result: Result): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        await this.#outbox.finish([result]);
        return;
      } catch (error) {
        if (tries === 5) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 100 * 4 ** (tries - 1)));
    }
  }

  #resultOf(item: ClaimedItem, startedAt: number, failure: { readonly error: unknown } | undefined): Result {
    const { id, token } = item;
    const total = Math.max(0, Date.now() - startedAt);
    const number = item.attempts + 1;
    const record: AttemptRecord = { number, startedAt, timings: { total }, events: 1 };
    if (failure === undefined) return { id, token, kind: "done", attempt: record };
    const message = sentence(failure.error);
    const attempt: AttemptRecord = { ...record, error: "rejected", message };
    // A worker that closes has told it to stop: that is no attempt.
    if (this.#closed) return { id, token, kind: "retry", delay: 0 };
    const delay = this.#settings.retry.next(number, (item.tried ?? 0) + total, Math.random);
    if (delay !== undefined) return { id, token, kind: "retry", delay, attempt };
    return {
      id,
      token,
      kind: "bury",
      reason: "exhausted",
      message: `Given up after ${number} attempts. ${message}`,
      attempt,
    };
  }
}

function sentence(error: unknown): string {
  return (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).slice(0, 1_000);
}

function check(options: WorkerOptions) {
  checkOptions(options, KEYS, "work");
  const { retry = exponential(), lease = "30s" } = options;
  if (typeof retry?.next !== "function") {
    throw new ConfigurationError("work.retry", "work.retry must be a schedule: exponential(), waits([…]), every(…).");
  }
  const fifo = checkChoice(options.order ?? "any", "work.order", ["any", "fifo"]) === "fifo";
  const onFailure = checkFunction(options.onFailure, "work.onFailure");
  return {
    retry,
    lease: parseDuration(lease, "work.lease", 1_000),
    order: fifo ? ("fifo" as const) : ("due" as const),
    concurrency: checkInteger(options.concurrency ?? (fifo ? 1 : 8), "work.concurrency", 1, fifo ? 1 : 1_024),
    // What the application's own observer throws changes nothing.
    onFailure: (error: unknown, delivery: ReceivedDelivery | undefined): void => {
      Promise.resolve()
        .then(() => onFailure?.(error, delivery))
        .catch(() => {});
    },
  };
}
