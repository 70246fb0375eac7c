import type { ClaimedItem, EndpointStats, LookAsk, Outbox, Placing } from "@countersign/sender";
import type { Attributes, BatchObservableCallback, Meter } from "@opentelemetry/api";
import { attribute, databaseErrorType } from "../convention/attributes.ts";
import type { Instruments } from "../convention/instruments.ts";
import { type Carrier, restoreTraces, withTrace } from "./carry.ts";

/** What outboxes are observed with. */
export interface OutboxTools {
  readonly meter: Meter;
  readonly instruments: Instruments;
  readonly now: () => number;
  readonly carrier: Carrier;
}

/** An outbox that is observed, until it is closed or `stop` is called. */
export interface ObservedOutbox<Box> {
  readonly outbox: Box;
  stop(): void;
}

const STATES = { waiting: "pending", claimed: "claimed", dead: "dead" } as const;

/** The same outbox, which tells how long each of its calls takes, and what is in it whenever metrics are collected. */
export function observeOutbox<Box extends Pick<Outbox, "stats">>(
  outbox: Box,
  name: string | undefined,
  { meter, instruments, now, carrier }: OutboxTools,
): ObservedOutbox<Box> {
  const own: Attributes = name === undefined ? {} : { [attribute.outbox]: name };
  const { depth, oldest, operations } = instruments;
  /** Endpoints that somebody looks after: where nothing waits for them, there are 0 and not no events. */
  const known = new Set<string>();
  /** Those that were shown the last time: the SDK goes on showing the last value of what is shown no more. */
  let shown: ReadonlySet<string> = new Set();

  const collect: BatchObservableCallback = async (result) => {
    const found = new Map((await outbox.stats()).map((stats) => [stats.endpoint, stats]));
    const present = new Set([...known, ...found.keys()]);
    for (const endpoint of new Set([...present, ...shown])) {
      const stats: Partial<EndpointStats> = found.get(endpoint) ?? {};
      const attributes = { ...own, [attribute.destination]: endpoint };
      for (const [state, count] of Object.entries(STATES)) {
        result.observe(depth, stats[count] ?? 0, { ...attributes, [attribute.state]: state });
      }
      result.observe(oldest, (stats.overdue ?? 0) / 1_000, attributes);
    }
    shown = present;
  };
  const stop = (): void => meter.removeBatchObservableCallback(collect, [depth, oldest]);

  const notice = (operation: PropertyKey, [first]: readonly unknown[]): void => {
    if (operation === "look") for (const { endpoint } of (first as LookAsk).endpoints) known.add(endpoint);
    if (operation === "removeEndpoint") known.delete(first as string);
    if (operation === "close") stop();
  };
  const record = (operation: string, since: number, error?: Attributes): void =>
    operations.record((now() - since) / 1_000, { ...own, [attribute.outboxOperation]: operation, ...error });

  const carrying = ([events, ...rest]: readonly unknown[]) => [
    withTrace(events as readonly Placing[], carrier),
    ...rest,
  ];
  /** Before anybody sends them. */
  async function claimed(answer: Promise<readonly ClaimedItem[]>, since: number): Promise<readonly ClaimedItem[]> {
    try {
      const items = await answer;
      record("claim", since);
      restoreTraces(items, carrier);
      return items;
    } catch (error) {
      record("claim", since, { [attribute.error]: databaseErrorType(error) });
      throw error;
    }
  }

  const calls = new Map<PropertyKey, unknown>();
  function callOf(operation: PropertyKey, method: (...args: unknown[]) => unknown) {
    return (...args: unknown[]): unknown => {
      notice(operation, args);
      const since = now();
      const answer = method.apply(outbox, operation === "enqueue" ? carrying(args) : args);
      if (answer instanceof Promise) {
        if (operation === "claim") return claimed(answer as Promise<readonly ClaimedItem[]>, since);
        answer.then(
          () => record(String(operation), since),
          (error) => record(String(operation), since, { [attribute.error]: databaseErrorType(error) }),
        );
        // What `wake` gives back is a way to be told no more.
      } else if (typeof answer !== "function") record(String(operation), since);
      return answer;
    };
  }

  meter.addBatchObservableCallback(collect, [depth, oldest]);
  // Not on the outbox itself: of a frozen object a proxy must give back the very same methods.
  const observed = new Proxy(Object.create(null) as Box, {
    get(_, key) {
      const value: unknown = Reflect.get(outbox, key);
      if (typeof value !== "function") return value;
      if (!calls.has(key)) calls.set(key, callOf(key, value as (...args: unknown[]) => unknown));
      return calls.get(key);
    },
    has: (_, key) => Reflect.has(outbox, key),
  });
  return { outbox: observed, stop };
}
