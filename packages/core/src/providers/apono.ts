import { defineProvider, type Provider } from "../scheme/provider.ts";
import { token } from "../scheme/scheme.ts";
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

export interface AponoPerson {
  readonly id?: string;
  readonly name?: string;
  readonly email?: string;
  readonly [field: string]: unknown;
}

export interface AponoNamed {
  readonly id?: string;
  readonly name?: string;
  readonly [field: string]: unknown;
}

/** The request for access. Names, justification and custom fields are written by users. */
export interface AponoRequest {
  readonly id?: string;
  readonly friendly_id?: string;
  readonly requester?: AponoPerson;
  readonly grantee?: AponoPerson;
  readonly justification?: string;
  readonly creation_date?: AponoTime;
  readonly revocation_date?: AponoTime;
  readonly access_flow?: AponoNamed;
  readonly access_bundle?: AponoNamed;
  readonly access_groups?: readonly Readonly<Record<string, unknown>>[];
  readonly approvals?: readonly unknown[];
  readonly custom_fields?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** What the recommended body template sends. Everything is optional, because the template is the operator's. */
export interface AponoEvent {
  readonly event_type?: AponoEventType;
  readonly event_time?: AponoTime;
  readonly data?: AponoRequest;
  readonly [field: string]: unknown;
}

export interface AponoOptions {
  /** The header that the webhook's settings set. */
  readonly header: string;
  /**
   * What stands before the credential, its blank included.
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
