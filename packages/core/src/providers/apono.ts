import { token } from "../kind/token.ts";
import { defineProvider } from "../scheme/define-provider.ts";
import type { Provider } from "../scheme/provider.ts";
import { checkOptions, headerName, headerPrefix, joinKey, type Open, record, textAt } from "./fields.ts";

const TRIGGERS = [
  "RequestCreated",
  "RequestApproved",
  "RequestRejected",
  "RequestGranted",
  "RequestExpired",
  "RequestFailed",
  "Manual",
] as const;

/** What sets a webhook off, as Apono's settings name it. */
export type AponoTrigger = (typeof TRIGGERS)[number];

/** The same in a payload: `AccessRequestCreated` and so on, or the trigger's own name. */
export type AponoEventType = Open<AponoTrigger | `Access${Exclude<AponoTrigger, "Manual">}`>;

/** `seconds.nanoseconds` since the epoch, as a number or as text: read it with `aponoTime`. */
export type AponoTime = number | string;

/** Somebody in Apono: who asks for access, or who gets it. */
export interface AponoPerson {
  /** Apono's own identifier of this user. */
  readonly id?: string;
  /** The user's display name, written by users. */
  readonly name?: string;
  /** The user's mail address. */
  readonly email?: string;
  readonly [field: string]: unknown;
}

/** Something that Apono's administrators set up: an access flow or a bundle. */
export interface AponoNamed {
  /** Apono's own identifier, such as `flow-1`. */
  readonly id?: string;
  /** What administrators call it in Apono's settings. */
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** The request for access. Names, justification and custom fields are written by users. */
export interface AponoRequest {
  /** Identifies the request for access; part of the idempotency key. */
  readonly id?: string;
  /** The number that people see in Apono, such as `AR-123`. */
  readonly friendly_id?: string;
  /** Who asked for the access, as opposed to who gets it. */
  readonly requester?: AponoPerson;
  /** Who gets the access; may be somebody other than the requester. */
  readonly grantee?: AponoPerson;
  /** The reason that the requester typed. Hostile text: show it escaped. */
  readonly justification?: string;
  /** When access was asked for, in seconds since the epoch; read it with `aponoTime`. */
  readonly creation_date?: AponoTime;
  /** When the access ends, in seconds since the epoch; read it with `aponoTime`. */
  readonly revocation_date?: AponoTime;
  /** The rule in Apono by which the request was decided. */
  readonly access_flow?: AponoNamed;
  /** The set of resources that was asked for; absent where none was involved. */
  readonly access_bundle?: AponoNamed;
  /** What access is asked for: each with its `integration` (`id`, `type`, `name`), such as a database. */
  readonly access_groups?: readonly Readonly<Record<string, unknown>>[];
  /** Decisions of the approvers. Apono documents no shape for them. */
  readonly approvals?: readonly unknown[];
  /** What the fields that administrators added to the form hold. Written by users: hostile text. */
  readonly custom_fields?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** What the recommended body template sends. Everything is optional, because the template is the operator's. */
export interface AponoEvent {
  /** What happened, such as `AccessRequestCreated`; `aponoTrigger` reads it. */
  readonly event_type?: AponoEventType;
  /** When it happened, in seconds since the epoch; read it with `aponoTime`. */
  readonly event_time?: AponoTime;
  /** The request for access that the event is about. */
  readonly data?: AponoRequest;
  readonly [field: string]: unknown;
}

/** Where the operator put the credential in the webhook's settings. */
export interface AponoOptions {
  /** The header that the webhook's settings set. */
  readonly header: string;
  /**
   * What comes before the credential, its blank included.
   *
   * @default "Bearer " in an Authorization header, else nothing
   */
  readonly prefix?: string;
}

/**
 * Apono's custom webhooks. They carry whatever static header the operator sets, and no signature. Any of the methods
 * that Apono offers is accepted, and a request may be without a body: the payload is then `undefined`.
 *
 * The body is what the operator's template renders. Let it hold `event_type`, `event_time` and `data.id`: the three
 * together are the idempotency key.
 *
 * @throws ConfigurationError for a header that cannot be, or an unknown option
 * @see https://docs.apono.io
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { apono, aponoTime, aponoTrigger } from "@countersign/core/providers";
 *
 * const verifier = createVerifier(apono({ header: "authorization" }), { secret: "a-long-random-token" });
 * const { payload } = await verifier.verify({
 *   method: "POST",
 *   headers: { authorization: "Bearer a-long-random-token" },
 *   body: '{"event_type":"AccessRequestCreated","event_time":1696263265.851898000,"data":{"id":"123"}}',
 * });
 * console.log(aponoTrigger(payload), aponoTime(payload?.event_time)?.toISOString()); // RequestCreated 2023-10-02T16:14:25.851Z
 * ```
 */
export function apono(options: AponoOptions): Provider<AponoEvent | undefined> {
  checkOptions(options, ["header", "prefix"], "apono()");
  const header = headerName(options.header);
  return defineProvider<AponoEvent | undefined>({
    name: "apono",
    docs: "https://docs.apono.io",
    scheme: token({ header, prefix: headerPrefix(options.prefix, header, "apono()") }),
    methods: ["POST", "PUT", "DELETE", "PATCH", "GET"],
    emptyBody: true,
    key: (payload) =>
      joinKey(textAt(payload, "event_type"), written(record(payload)?.event_time), textAt(payload, "data", "id")),
    unprotected: "Nothing is signed: whoever learns the header can send any body, at any time, as often as they like.",
  });
}

/**
 * The trigger of an event: `RequestCreated` for both `RequestCreated` and `AccessRequestCreated`. `undefined` for an
 * event of another kind.
 */
export function aponoTrigger(event: AponoEvent | undefined): AponoTrigger | undefined {
  const type = textAt(event, "event_type");
  const name = type?.startsWith("Access") === true ? type.slice("Access".length) : type;
  return TRIGGERS.find((trigger) => trigger === name);
}

const SECONDS = /^(\d{1,12})(?:\.(\d{1,9}))?$/;

/** One of Apono's times: seconds since the epoch with a fraction, a number or text. `undefined` when it is none. */
export function aponoTime(value: unknown): Date | undefined {
  if (typeof value === "number") {
    // Microseconds are as fine as a double holds them; rounding there keeps .852 from becoming .851.
    return Number.isFinite(value) && value >= 0 && value < 1e12
      ? new Date(Math.floor(Math.round(value * 1e6) / 1e3))
      : undefined;
  }
  const match = typeof value === "string" ? SECONDS.exec(value) : null;
  if (match === null) return undefined;
  return new Date(Number(match[1]) * 1000 + Number((match[2] ?? "").slice(0, 3).padEnd(3, "0")));
}

function written(time: unknown): string | undefined {
  if (typeof time === "number" && Number.isFinite(time)) return String(time);
  return typeof time === "string" && time !== "" ? time : undefined;
}
