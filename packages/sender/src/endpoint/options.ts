import type { Duration } from "@countersign/core";
import type { AttemptResponse, Format, Ruling, WebhookEvent } from "@countersign/core/event";
import type { Body } from "../body/body.ts";
import type { BreakerOptions } from "../pace/breaker.ts";
import type { Schedule } from "../pace/schedule.ts";
import type { StatusTable } from "../pace/statuses.ts";
import type { SecretSource } from "../secret/secret.ts";
import type { FilterOptions } from "./filter.ts";
import type { AuthOptions } from "./headers.ts";
import type { SignOptions } from "./sign.ts";
import type { TlsOptions } from "./tls.ts";

/** The methods that an endpoint may use. GET carries no body. */
export type Method = "POST" | "PUT" | "PATCH" | "DELETE" | "GET";

/** Groups events into one request. */
export interface ThrottleOptions {
  /** How long the first event waits for others. `"0s"` groups what is waiting already. */
  readonly window: Duration;
  /** The most events in one request; once there are so many, they do not wait for the end of the window. @default 100 */
  readonly maxEvents?: number;
}

/** The most requests that may begin within a time. */
export interface RateOptions {
  /** How many may begin in any span of that length, from 1 to 10,000. */
  readonly requests: number;
  /** The length of the span: a duration such as `"1s"`. */
  readonly per: Duration;
}

/** One destination, as it is defined. Everything is checked when it is added. */
export interface EndpointOptions {
  /** Unique: the name that hooks, handles and `send(event, { to })` use. */
  readonly name: string;
  /** Where to send. May be secret: only its origin is ever shown. */
  readonly url: string;
  /** @default "POST" */
  readonly method?: Method;
  /** By whose scheme requests are signed, and with which secrets; several sign side by side, as in a migration. Default: not signed. */
  readonly sign?: SignOptions | readonly SignOptions[];
  /** A static credential: Basic, bearer or a header of your own. Default: none. */
  readonly auth?: AuthOptions;
  /** Further headers. Connection headers and those that `sign` and `auth` write are refused. */
  readonly headers?: Readonly<Record<string, SecretSource>>;
  /** @default json() */
  readonly body?: Body;
  /** A destination's own kind of message, instead of `body`: `slack()`, `discord()` … from `@countersign/chat`. */
  readonly format?: Format;
  /** Which events the endpoint wants: by type, severity or a function. Default: all but `webhook.dlq`. */
  readonly filter?: FilterOptions;
  /** From looking up the name to the last byte of the answer. @default "30s" */
  readonly timeout?: Duration;
  /** @default exponential() */
  readonly retry?: Schedule;
  /**
   * What statuses mean, on top of `defaultStatuses`: `{ "404": "disable", "4xx": "retry" }`. A single status wins over
   * its class, and so do those of the defaults: 410 still disables unless it is named.
   */
  readonly statuses?: StatusTable;
  /** Judges an answer whose status is success, for destinations that say more in the body. */
  readonly judge?: (response: AttemptResponse) => Ruling;
  /** The longest wait that a `Retry-After` can ask for. @default "1h" */
  readonly retryAfterCeiling?: Duration;
  /** Events older than this are given up without a further attempt, once they had one. Default: never. */
  readonly discardAfter?: Duration;
  /** Groups events into one request, for a body that can carry several. Default: one event for each. */
  readonly throttle?: ThrottleOptions;
  /** The most requests in any span of time; what is more waits. Default: the format's own, else unlimited. */
  readonly rate?: RateOptions;
  /** Requests at a time. @default 8, and 1 with `throttle` or `order: "fifo"` */
  readonly concurrency?: number;
  /** `"fifo"`: strictly in order, so that a failing event holds back those behind it. @default "any" */
  readonly order?: "any" | "fifo";
  /** `false` switches it off. Default: on, with the defaults of {@link BreakerOptions}. */
  readonly breaker?: BreakerOptions | false;
  /** Certificate authorities, a client certificate (mTLS), the expected host. Default: the system's trust. */
  readonly tls?: TlsOptions;
  /** Decoded bytes of an answer that are read; the connection is cut beyond. @default 65_536 */
  readonly responseLimit?: number;
  /** Characters of an answer that are kept in records. @default 1_024 */
  readonly excerpt?: number;
  /** Larger bodies, in bytes, are given up instead of sent. @default 8 MiB */
  readonly bodyLimit?: number;
  /** `true`: when the outbox has no room for this endpoint, its event is dropped instead of refusing the `send`. @default false */
  readonly lossy?: boolean;
  /** `false` keeps events without sending them. @default true */
  readonly enabled?: boolean;
  /** Narrows the guard's schemes and ports for this endpoint. */
  readonly schemes?: readonly ("https" | "http")[];
  /** Narrows the guard's ports for this endpoint; a port that the guard shuts stays shut. Default: the guard's. */
  readonly ports?: readonly number[];
  /** What `sender.test(name)` sends when it is given no event. Default: type `test` with a short message. */
  readonly testEvent?: WebhookEvent;
}
