import { defineReplayStore, type Inbox, type KeptDelivery } from "@countersign/core";
import { checkText } from "@countersign/core/checks";
import type { DeadLetter, EndpointStats } from "@countersign/sender";
import { toDelivery, toPlacing } from "./deliveries.ts";
import { orderingOf, type RouteOptions } from "./ordering.ts";
import type { KeyedOutbox } from "./store.ts";
import { type InboxWorker, Worker } from "./worker.ts";
import type { InboxHandler, TransactionHandler, WorkerOptions } from "./worker-options.ts";

/** A delivery whose handler failed until its schedule ended, with what it failed with each time. */
export interface InboxLetter extends Pick<DeadLetter, "id" | "burial" | "history" | "attempts"> {
  /** As `route(name)` was called when it came: the worker of that name handles it after a redrive. */
  readonly route: string;
  /** The delivery, bytes and all. */
  readonly delivery: KeptDelivery;
}

/** Some of an inbox's dead letters, and where the next ones begin. */
export interface InboxLetterPage {
  /** The letters with their deliveries, in the order in which they were given up. */
  readonly letters: readonly InboxLetter[];
  /** For the next page; it stays good while letters come and leave. Absent after the last. */
  readonly cursor?: string;
}

/** Deliveries that were proven and kept, and the workers that hand them on. `Tx`: a transaction as handlers are given it. */
export interface DurableInbox<Tx = unknown> {
  /**
   * What a verifier or adapter takes as its option `inbox`. Each route has its own keys and its own workers.
   *
   * @param name any text that stays the same over restarts
   * @throws ConfigurationError
   */
  route(name: string, options?: RouteOptions): Inbox;
  /** Hands on what is kept for a route, here: in the process that receives, or in any other. @throws ConfigurationError */
  work(
    route: string,
    handler: InboxHandler,
    options?: WorkerOptions & {
      /** The handler is given the delivery alone. */
      readonly transaction?: false;
    },
  ): InboxWorker;
  /**
   * The same, with a transaction for each delivery: what the handler does in it and the note that it is done are one
   * commit. A handler that fails leaves nothing, and neither does one whose process dies or whose lease has ended.
   *
   * @throws ConfigurationError
   */
  work(
    route: string,
    handler: TransactionHandler<Tx>,
    options: WorkerOptions & {
      /** The handler is given a transaction of the inbox's database. */
      readonly transaction: true;
    },
  ): InboxWorker;
  /** What was given up, oldest first, a page at a time. */
  deadLetters(query?: {
    /** Only letters of the route of this name. Default: of all routes. */
    readonly route?: string;
    /** The most of a page. @default 100 */
    readonly limit?: number;
    /** What the page before gave. Default: the first page. */
    readonly cursor?: string;
  }): Promise<InboxLetterPage>;
  /** Puts dead letters back, as if they had just come. Gives back how many. */
  redrive(items: readonly string[]): Promise<number>;
  /** Erases deliveries that wait or are dead, bytes and all; their keys stay known. Gives back how many. */
  erase(items: readonly string[]): Promise<number>;
  /** Counts of the routes, as `endpoint`. */
  stats(routes?: readonly string[]): Promise<readonly EndpointStats[]>;
  /** Waits for the calls under way. Close workers before it. */
  close(): Promise<void>;
}

/** An inbox over an outbox: the same tables, the same claims, the other direction. */
export function createInbox<Tx>(outbox: KeyedOutbox<Tx>): DurableInbox<Tx> {
  const workers = new Map<string, Set<Worker<Tx>>>();
  const kick = (route: string) => {
    for (const worker of workers.get(route) ?? []) worker.kick();
  };

  function work(route: string, handler: TransactionHandler<Tx>, options: WorkerOptions = {}): InboxWorker {
    const worker = new Worker<Tx>(outbox, checkText(route, "route"), handler, options);
    const all = workers.get(route) ?? new Set<Worker<Tx>>();
    workers.set(route, all.add(worker));
    return {
      close(closing) {
        all.delete(worker);
        return worker.close(closing);
      },
    };
  }

  return Object.freeze({
    route: (name: string, options: RouteOptions = {}) =>
      routeOf(outbox, checkText(name, "route"), orderingOf(options), () => kick(name)),
    work,
    async deadLetters({ route, limit = 100, cursor } = {}) {
      const page = await outbox.list({
        state: "dead",
        limit,
        ...(route === undefined ? {} : { endpoint: route }),
        ...(cursor === undefined ? {} : { cursor }),
      });
      const letters = (page.items as readonly DeadLetter[]).map(
        ({ id, endpoint, burial, history, attempts, event }) => {
          return { id, route: endpoint, burial, history, attempts, delivery: toDelivery({ event }) };
        },
      );
      return page.cursor === undefined ? { letters } : { letters, cursor: page.cursor };
    },
    async redrive(items: readonly string[]) {
      const { moved } = await outbox.redrive({ items });
      for (const route of workers.keys()) kick(route);
      return moved;
    },
    erase: (items: readonly string[]) => outbox.cancel(items),
    stats: (routes?: readonly string[]) => outbox.stats(routes),
    close: () => outbox.close(),
  } satisfies DurableInbox<Tx>);
}

/** Deliveries that a commit of which failed may still be committed later. */
const MOST_PENDING = 1_000;

/**
 * The route's replay store. A key that is known is done; any other is free, and two who come at once are parted by the
 * commit, which keeps the bytes too.
 */
function routeOf(
  outbox: Pick<KeyedOutbox, "knows" | "keepOnce">,
  route: string,
  ordering: (delivery: KeptDelivery) => string | undefined,
  kept: () => void,
): Inbox {
  /** By the claim's token: the commit of what was handed over with it may be tried again. */
  const pending = new Map<string, KeptDelivery>();
  let handed: KeptDelivery | undefined;
  const own = (key: string) => `${route} ${key}`;
  const keysOf = (key: string, twin: { readonly key: string } | undefined) =>
    twin === undefined ? [own(key)] : [own(key), own(twin.key)];

  const store = defineReplayStore({
    claim: async (key, _token, _lease, twin) => ((await outbox.knows(keysOf(key, twin))) ? "done" : "new"),
    async commit(key, token, ttl, twin) {
      const delivery = handed ?? pending.get(token);
      handed = undefined;
      if (delivery === undefined) return false;
      if (pending.size < MOST_PENDING) pending.set(token, delivery);
      await outbox.keepOnce(keysOf(key, twin), ttl, toPlacing(route, delivery, Date.now()), ordering(delivery));
      pending.delete(token);
      kept();
      return true;
    },
    release: async (_key, token) => pending.delete(token),
    extend: async () => true,
  });
  return Object.assign(store, {
    async keep(delivery: KeptDelivery) {
      await outbox.keepOnce([], 0, toPlacing(route, delivery, Date.now()), ordering(delivery));
      kept();
    },
    next(delivery: KeptDelivery) {
      handed = delivery;
    },
  });
}
