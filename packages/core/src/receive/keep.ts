import type { Answer } from "../errors/errors.ts";
import type { HeaderRecord } from "../head/headers.ts";
import { toBytes } from "../lib/bytes.ts";
import { andThen, guarded, type MaybePromise } from "../lib/promises.ts";
import type { HeldClaim } from "../replay/engine.ts";
import type { Arrival } from "./arrival.ts";
import type { Inbox, KeptDelivery } from "./inbox.ts";
import type { Refusal } from "./refusal.ts";

/** What was kept is a success: the rest is the worker's business. */
export const KEPT: Answer = Object.freeze({ status: 200 });

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
    headers: withoutCredentials(head.headers, settings.proof?.covers === "nothing" ? settings.proof.headers : []),
    body: toBytes(body),
  };
}

const CREDENTIALS: ReadonlySet<string> = new Set(["authorization", "proxy-authorization", "cookie", "x-api-key"]);

function withoutCredentials(headers: unknown, own: readonly string[]): Record<string, string> {
  const kept: Record<string, string> = {};
  const lines = isIterable(headers) ? [...headers] : Object.entries((headers ?? {}) as HeaderRecord);
  for (const [name, value] of lines) {
    const lower = name.toLowerCase();
    const first = typeof value === "string" ? value : value?.[0];
    if (first === undefined || own.includes(lower) || CREDENTIALS.has(lower)) continue;
    if (!Object.hasOwn(kept, lower)) kept[lower] = first;
  }
  return kept;
}

function isIterable(headers: unknown): headers is Iterable<[string, string]> {
  return typeof (headers as Iterable<unknown> | null)?.[Symbol.iterator] === "function";
}
