import { body } from "../scheme/content.ts";
import { defineProvider } from "../scheme/provider.ts";
import { hmac } from "../scheme/scheme.ts";
import { readRfc3339 } from "../scheme/time.ts";
import { type Open, record } from "./fields.ts";

/** A few of Stalwart's several hundred event names; any other is accepted. */
export type StalwartEventType = Open<
  | "auth.success"
  | "auth.failed"
  | "auth.error"
  | "delivery.delivered"
  | "delivery.completed"
  | "message-ingest.ham"
  | "message-ingest.spam"
  | "security.authentication-ban"
  | "server.startup"
  | "server.shutdown"
  | "store.ingest"
>;

/** Something that happened on the mail server. A request carries a batch of them. */
export interface StalwartEvent {
  /**
   * Always text here, although 0.8 sends a number. It is made anew whenever the event is sent again, and in older
   * versions two events of one second may share one: it is no idempotency key.
   */
  readonly id: string;
  /** RFC 3339, whole seconds, `Z`. */
  readonly createdAt: string;
  /** What happened: a part of the server and a name, such as `auth.success`. */
  readonly type: StalwartEventType;
  /**
   * Fields in camelCase. `spanId` and `queueId` are 64-bit integers: those that a double cannot hold are `bigint`.
   * Durations are integers, bytes are base64, errors nest as `{ type, data }`.
   */
  readonly data: Readonly<Record<string, unknown>>;
}

/** A batch: all that happened within Stalwart's `throttle`, one second by default. */
export interface StalwartPayload {
  /** What happened; how many there may be is not bounded, except by `limit`. */
  readonly events: readonly StalwartEvent[];
}

/**
 * Stalwart webhooks: HMAC-SHA256 over the body alone, base64. Stalwart sends no `X-Signature` while no signature key
 * is set; such requests are refused.
 *
 * The signature says nothing about when: give a replay store, or a `tolerance`, which is then checked against the
 * newest `createdAt` of the batch. `"6m"` covers Stalwart's default `discardAfter` and `timeout`.
 *
 * @see https://stalw.art/docs/telemetry/webhooks
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { stalwart } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(stalwart, { secret: "my-secret-key" });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { "x-signature": "4CYyWgNj2++tHn1W6vHeTRnwW1TSAcE5sBEcU/3V+fw=" },
 *   body: '{"events":[{"id":"1687359300037","createdAt":"2023-06-21T14:55:00Z","type":"auth.success","data":{"accountName":"jdoe@example.org","accountId":5,"spanId":302231454903657293}}]}',
 * });
 * console.log(payload.events[0]?.data.spanId); // 302231454903657293n
 * ```
 */
export const stalwart = defineProvider<StalwartPayload>({
  name: "stalwart",
  docs: "https://stalw.art/docs/telemetry/webhooks",
  scheme: hmac({
    digest: "sha256",
    encoding: "base64",
    signature: { header: "x-signature" },
    content: [body],
  }),
  losslessIntegers: true,
  normalize: toPayload,
  occurredAt: newest,
  // discardAfter 5m and timeout 30s, both by default, and some skew.
  retries: "6m",
  unprotected:
    "No time and no id is signed: without a replay store or a tolerance, a request can be repeated for ever.",
});

function toPayload(value: unknown): StalwartPayload {
  const batch = record(value);
  if (!Array.isArray(batch?.events)) throw new TypeError('it has no list of "events"');
  return { ...batch, events: batch.events.map(toEvent) };
}

function toEvent(value: unknown): StalwartEvent {
  const event = record(value);
  if (typeof event?.type !== "string") throw new TypeError("an event has no type");
  const { id } = event;
  if (typeof id !== "string" && typeof id !== "number" && typeof id !== "bigint")
    throw new TypeError("an event has no id");
  return { ...(event as unknown as StalwartEvent), id: String(id) };
}

function newest(payload: StalwartPayload): number | undefined {
  let latest: number | undefined;
  for (const { createdAt } of payload.events) {
    const time = typeof createdAt === "string" ? readRfc3339(createdAt) : Number.NaN;
    if (latest === undefined || time > latest) latest = time;
  }
  return latest;
}
