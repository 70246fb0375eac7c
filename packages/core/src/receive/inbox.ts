import type { Answer } from "../errors/errors.ts";
import { ConfigurationError } from "../errors/errors.ts";
import type { HeaderRecord } from "../head/headers.ts";
import { toBytes } from "../lib/bytes.ts";
import { andThen, guarded, type MaybePromise } from "../lib/promises.ts";
import type { HeldClaim } from "../replay/engine.ts";
import type { ReplayStore } from "../replay/store.ts";
import type { Arrival } from "./arrival.ts";
import type { Refusal } from "./refusal.ts";

/** A proven delivery as an inbox keeps it: what a handler needs, and nothing of the request that came. */
export interface KeptDelivery {
  /** The name of the row under which it was proven, such as `"stripe"`. */
  readonly provider: string;
  /** The signed delivery id; absent where the scheme signs none. */
  readonly id?: string;
  /** When it was signed, in milliseconds since the epoch; absent where no time is signed. */
  readonly timestamp?: number;
  /** Which of the active secrets matched, counted from 0. */
  readonly secretIndex: number;
  /** By lower-case name, the first line of each. Those that carry a credential or a cookie are not kept. */
  readonly headers: Readonly<Record<string, string>>;
  /** The proven bytes. */
  readonly body: Uint8Array;
}

/**
 * Keeps proven deliveries, to be handled later by a worker: of one route. It is the route's replay store too, so that what
 * it has kept it knows again. Made by `sqliteInbox` and `postgresInbox` of `@countersign/outbox`.
 */
export interface Inbox extends ReplayStore {
  /**
   * Keeps a delivery that nothing is known by. Rejects where it could not: the sender then tries again.
   */
  keep(delivery: KeptDelivery): Promise<unknown>;
  /** The delivery of the commit that is called next, at once: its keys and its bytes are kept together. */
  next(delivery: KeptDelivery): void;
}

/** The user's `inbox`, checked against the options that have no meaning beside it. @throws ConfigurationError */
export function checkInbox(inbox: Inbox | undefined, others: Readonly<Record<string, unknown>>): Inbox | undefined {
  if (inbox === undefined) return undefined;
  if (typeof inbox?.keep !== "function" || typeof inbox.next !== "function") {
    throw new ConfigurationError(
      "inbox",
      'inbox must be a route of an inbox: sqliteInbox(path).route("orders") of @countersign/outbox.',
    );
  }
  for (const [option, value] of Object.entries(others)) {
    if (value === undefined) continue;
    throw new ConfigurationError(
      option,
      `${option} has no meaning beside inbox: it is the replay store itself, and its worker calls the handler. Leave it out.`,
    );
  }
  return inbox;
}

/** What was kept is a success: the rest is the worker's business. */
const KEPT: Answer = Object.freeze({ status: 200 });

/** Keeps a delivery, under the claim where it has a key, and answers. */
export function keep(
  arrival: Arrival,
  inbox: Inbox,
  body: Uint8Array | string,
  claim: HeldClaim | undefined,
): MaybePromise<Answer> {
  const kept = toKept(arrival, body);
  const failed = (cause?: unknown): Refusal =>
    arrival.refuse("store_unavailable", "the inbox could not keep the delivery", cause);
  return guarded<Answer, Refusal>(() => {
    if (claim === undefined) return andThen(inbox.keep(kept), () => KEPT);
    inbox.next(kept);
    return andThen(claim.commit(), (done) => (done ? KEPT : failed()));
  }, failed);
}

function toKept(arrival: Arrival, body: Uint8Array | string): KeptDelivery {
  const { provider, id, time, secretIndex, settings, head } = arrival;
  return {
    provider,
    ...(id === undefined ? {} : { id }),
    ...(Number.isNaN(time) ? {} : { timestamp: time }),
    secretIndex,
    headers: withoutCredentials(head.headers, settings.credential?.header),
    body: toBytes(body),
  };
}

const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie", "x-api-key"]);

function withoutCredentials(headers: unknown, own: string | undefined): Record<string, string> {
  const kept: Record<string, string> = {};
  const lines = isIterable(headers) ? [...headers] : Object.entries((headers ?? {}) as HeaderRecord);
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const first = typeof value === "string" ? value : value?.[0];
    if (first === undefined || lower === own || CREDENTIALS.has(lower)) continue;
    if (!Object.hasOwn(kept, lower)) kept[lower] = first;
  }
  return kept;
}

function isIterable(headers: unknown): headers is Iterable<[string, string]> {
  return typeof (headers as Iterable<unknown> | null)?.[Symbol.iterator] === "function";
}
