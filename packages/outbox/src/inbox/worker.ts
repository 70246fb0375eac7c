import { randomUUID } from "node:crypto";
import { ConfigurationError, type Duration, parseDuration } from "@countersign/core";
import type { ClaimedItem, Result } from "@countersign/sender";
import { OutboxError } from "../rows/errors.ts";
import { type ReceivedDelivery, received } from "./deliveries.ts";
import { resultOf } from "./results.ts";
import type { KeyedOutbox, Transact } from "./store.ts";
import { checkWorker, type TransactionHandler, type WorkerOptions } from "./worker-options.ts";

/** What hands deliveries of a route to a handler, from the call of `work` until it is closed. */
export interface InboxWorker {
  /** Takes nothing more, waits for the handlers under way, tells them to stop when the time is over, and gives back the rest. */
  close(options?: {
    /** How long handlers may take to end. @default "10s" */
    readonly timeout?: Duration;
  }): Promise<void>;
}

/** After a failure of the inbox. */
const PAUSE = 1_000;
/** Of writing down what became of a delivery. */
const TRIES = 5;

/** Hands on what is kept for a route. @throws ConfigurationError */
export class Worker<Tx> implements InboxWorker {
  readonly #outbox: KeyedOutbox<Tx>;
  readonly #route: string;
  readonly #handler: TransactionHandler<Tx>;
  readonly #settings: ReturnType<typeof checkWorker>;
  readonly #transact: Transact<Tx> | undefined;
  readonly #owner = randomUUID();
  readonly #running = new Map<Promise<void>, AbortController>();
  #timer: NodeJS.Timeout | undefined;
  #looking = false;
  #again = false;
  #closed = false;

  constructor(outbox: KeyedOutbox<Tx>, route: string, handler: TransactionHandler<Tx>, options: WorkerOptions) {
    if (typeof handler !== "function")
      throw new ConfigurationError("handler", "handler must be a function of a delivery.");
    this.#outbox = outbox;
    this.#route = route;
    this.#handler = handler;
    this.#settings = checkWorker(options, outbox.oneWriter);
    this.#transact = this.#settings.transaction ? outbox.transactor() : undefined;
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
    const { lease, retry, onFailure } = this.#settings;
    const delivery = received(item, stopping.signal);
    const beat = setInterval(() => {
      // Nobody can take it from a transaction that alone may write, and a sign of life would wait for its end.
      if (this.#transact !== undefined && this.#outbox.oneWriter) return;
      this.#outbox.extend([item], lease).then(
        (held) => held.length === 0 && stopping.abort(),
        (error) => onFailure(error, delivery),
      );
    }, lease / 3);
    const startedAt = Date.now();
    let called = false;
    const handle: TransactionHandler<Tx> = (given, tx) => {
      called = true;
      return this.#handler(given, tx);
    };
    const result = (failure?: { readonly error: unknown }) => () => {
      const pause = this.#closed ? 0 : called ? undefined : PAUSE;
      return resultOf(item, { startedAt, failure, pause }, retry);
    };
    try {
      if (this.#transact !== undefined) await handleIn(this.#transact, delivery, handle, result());
      else {
        await handle(delivery, undefined as never);
        await this.#finish(result(), delivery);
      }
    } catch (error) {
      onFailure(error, delivery);
      await this.#finish(result({ error }), delivery);
    } finally {
      clearInterval(beat);
    }
  }

  /** Asked again while it fails: the handler has done its work, and should not do it twice. */
  async #finish(result: () => Result, delivery: ReceivedDelivery): Promise<void> {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      try {
        await this.#outbox.finish([result()]);
        return;
      } catch (error) {
        if (tries === TRIES) this.#settings.onFailure(error, delivery);
        else await new Promise((resolve) => setTimeout(resolve, 100 * 4 ** (tries - 1)));
      }
    }
  }
}

/** The handler's effect and the note that it is done, in one commit. */
function handleIn<Tx>(
  transact: Transact<Tx>,
  delivery: ReceivedDelivery,
  handler: TransactionHandler<Tx>,
  result: () => Result,
): Promise<void> {
  return transact(async (tx, finish) => {
    await handler(delivery, tx);
    const [finished] = await finish([result()]);
    if (finished?.held) return;
    throw new OutboxError("lease_lost", "The lease of a delivery ended before its handler did: all was rolled back.");
  });
}
