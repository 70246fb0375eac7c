import { hmac } from "../kind/hmac.ts";
import { body } from "../scheme/content.ts";
import { row } from "../scheme/provider.ts";
import { readRfc3339 } from "../scheme/time.ts";
import { record, type Unlisted } from "./fields.ts";

/** Logins and the credentials behind them: what succeeded, failed, expired or was tried too often. */
export type StalwartAuthEventType =
  | "auth.success"
  | "auth.failed"
  | "auth.error"
  | "auth.warning"
  | "auth.token-expired"
  | "auth.credential-expired"
  | "auth.mfa-required"
  | "auth.too-many-attempts"
  | "auth.client-registration";

/** What happened to a message on its way out. */
export type StalwartDeliveryEventType =
  | "delivery.attempt-start"
  | "delivery.attempt-end"
  | "delivery.delivered"
  | "delivery.completed"
  | "delivery.failed"
  | "delivery.auth-failed"
  | "delivery.mail-from-rejected"
  | "delivery.rcpt-to-rejected"
  | "delivery.rcpt-to-failed"
  | "delivery.message-rejected"
  | "delivery.double-bounce"
  | "delivery.dsn-success"
  | "delivery.dsn-temp-fail"
  | "delivery.dsn-perm-fail";

/** The rest of what is listed, of several hundred names. */
export type StalwartServerEventType =
  | "message-ingest.ham"
  | "message-ingest.spam"
  | "security.authentication-ban"
  | "server.startup"
  | "server.shutdown"
  | "store.ingest";

/**
 * Fields in camelCase. Durations are integers, bytes are base64, errors nest as `{ type, data }`.
 */
export interface StalwartEventData {
  /** The connection or the message that it belongs to. A `bigint` where a double cannot hold it. */
  readonly spanId?: number | bigint;
  /** The message in the queue. A `bigint` where a double cannot hold it. */
  readonly queueId?: number | bigint;
  readonly [field: string]: unknown;
}

/** Beside a login: the name that was used and the number of the account, where one was found. */
export interface StalwartAuthData extends StalwartEventData {
  /** The name that was logged in with, such as `jdoe@example.org`. */
  readonly accountName?: string;
  /** The account's number on this server. */
  readonly accountId?: number | bigint;
}

/** The four fields that Stalwart sends with everything, whatever happened. */
export interface StalwartEventOf<Type extends string, Data extends StalwartEventData = StalwartEventData> {
  /**
   * Always text here, although 0.8 sends a number. It is made anew whenever the event is sent again, and in older
   * versions two events of one second may share one: it is no idempotency key.
   */
  readonly id: string;
  /** RFC 3339, whole seconds, `Z`. */
  readonly createdAt: string;
  /** What happened: a part of the server and a name, such as `auth.success`. */
  readonly type: Type;
  /** What else is known of it; Stalwart always sends it. */
  readonly data: Data;
}

/**
 * Something that happened on the mail server; a request carries a batch of them. `type` narrows it. Of several hundred
 * names the common ones are listed; another does not compile in a comparison, so that none is misspelt:
 * `String(event.type)` is a text that may be any of them.
 */
export type StalwartEvent =
  | StalwartEventOf<StalwartAuthEventType, StalwartAuthData>
  | StalwartEventOf<StalwartDeliveryEventType>
  | StalwartEventOf<StalwartServerEventType>
  | StalwartEventOf<Unlisted>;

/** A name such as `auth.success`: one of the listed ones, or any of the hundreds that are not. */
export type StalwartEventType = StalwartEvent["type"];

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
export const stalwart = row<StalwartPayload>({
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
