import type { StoredEvent } from "../../event/stored-event.ts";
import type { Outbox } from "../../outbox/outbox.ts";
import type { ClaimedItem, ClaimRef, Result, Room } from "../../outbox/parts.ts";
import type { Placed, Placement, Placing } from "../../outbox/placing.ts";
import type { AttemptRecord } from "../../outbox/record.ts";

/** An open transaction of the application's own, as a durable outbox can enqueue in it. */
export interface OpenTransaction<Tx> {
  /** What the implementation's `enqueue` takes as its option `tx`: a connection in a transaction. */
  readonly tx: Tx;
  /** Ends it, and keeps what was done in it. */
  commit(): Promise<void>;
  /** Ends it, as if nothing had been done in it. */
  rollback(): Promise<void>;
}

/** What an implementation gives the suite, afresh for each case. */
export interface OutboxUnderTest<Tx = never> {
  /** Empty, with room for at least 100 events. The suite closes it. */
  readonly outbox: Outbox<Tx>;
  /** Another connection to the same, as another process has it. The suite closes it. Default: the same object. */
  connect?(): Promise<Outbox<Tx>>;
  /** Lets so many milliseconds pass by the store's clock. */
  elapse(milliseconds: number): Promise<void>;
  /** Begins a transaction of the application's own. Default: there are none. */
  begin?(): Promise<OpenTransaction<Tx>>;
  /** Removes what the outbox is kept in: its file, its schema. Called after the outbox is closed. */
  dispose?(): Promise<void>;
}

/** What a case works with. */
export interface Case {
  readonly outbox: Outbox<unknown>;
  /** Another connection to the same. */
  readonly other: Outbox<unknown>;
  elapse(milliseconds: number): Promise<void>;
  begin(): Promise<OpenTransaction<unknown>>;
}

/** The promises of a chapter: a sentence, and its check. */
export type Chapter = Readonly<Record<string, (given: Case) => Promise<void>>>;

export const T0 = 1_700_000_000_000;

export function stored(id: string, own: Partial<StoredEvent> = {}): StoredEvent {
  return { id, generated: false, type: "test", severity: "info", time: T0, data: "{}", ...own };
}

export function placing(id: string, own: Partial<Placement> = {}, event: Partial<StoredEvent> = {}): Placing {
  return { event: stored(id, event), placements: [{ endpoint: "a", generation: 1, ...own }] };
}

/** Enqueues one event for one endpoint. */
export async function put(outbox: Outbox<unknown>, ...given: Parameters<typeof placing>): Promise<Placed> {
  const [placed] = await outbox.enqueue([placing(...given)]);
  return placed?.[0] as Placed;
}

/** Claims of one endpoint. */
export function claim(outbox: Outbox<unknown>, own: Partial<Room> = {}, owner = "me") {
  const room = { endpoint: "a", generation: 1, limit: 1, lease: 60_000, order: "due", ...own } as const;
  return outbox.claim({ owner, total: 1_000, room: [room] });
}

/** The first item of such a claim. */
export async function take(outbox: Outbox<unknown>, own: Partial<Room> = {}, owner = "me"): Promise<ClaimedItem> {
  const [item] = await claim(outbox, own, owner);
  if (item === undefined) throw new Error("There was nothing to claim.");
  return item;
}

/** Writes one result down. Whether the claim was still held. */
export async function finish(
  outbox: Outbox<unknown>,
  { id, token }: ClaimRef,
  how: Partial<Result> & Pick<Result, "kind">,
): Promise<boolean> {
  const [answer] = await outbox.finish([{ id, token, ...RESULTS[how.kind], ...how } as Result]);
  return answer?.held as boolean;
}

const RESULTS = {
  done: {},
  discard: {},
  retry: { delay: 0 },
  bury: { reason: "exhausted", message: "Given up." },
} as const;

export function ids(items: readonly { readonly event: StoredEvent }[]): string[] {
  return items.map((item) => item.event.id);
}

export function attempt(number: number): AttemptRecord {
  return { number, startedAt: T0, timings: { total: 5 }, error: "timeout", message: "late \u0000 \ud83d", events: 1 };
}

/** What is due at an endpoint, in milliseconds from now. */
export async function due(outbox: Outbox<unknown>, order: "due" | "fifo" = "due", owner = "me") {
  return (await outbox.look({ owner, endpoints: [{ endpoint: "a", order }] }))[0]?.due;
}

/** An endpoint's state. */
export async function stateOf(outbox: Outbox<unknown>, endpoint = "a") {
  const [look] = await outbox.look({ owner: "me", endpoints: [{ endpoint, order: "due" }] });
  if (look === undefined) throw new Error("A look gave no answer.");
  return look.state;
}
