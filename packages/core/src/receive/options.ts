import type { WebhookError, WebhookErrorCode } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { ReplayOptions } from "../replay/options.ts";
import type { EncodingPolicy, HandshakeSetting, PayloadKind } from "../scheme/provider.ts";
import type { Secrets } from "../scheme/secret.ts";
import type { SecretLookup, SecretsByProvider } from "../secret/secrets.ts";
import type { ClockOption } from "../time/clock.ts";
import type { Duration } from "../time/duration.ts";
import type { Delivery } from "./delivery.ts";
import type { ExplainFunction } from "./explaining.ts";
import type { Inbox } from "./inbox.ts";
import type { Log } from "./report.ts";
import type { StandardSchema } from "./schema.ts";

/**
 * How a refusal is told to your own code, never to the sender. The error and the request hold the sender's own words.
 *
 * A function that takes a fourth argument is given the body too, where all of it had come; it is never longer than the
 * limit.
 */
export type OnReject<Context = unknown> = (
  error: WebhookError,
  request: RequestHead,
  context: Context | undefined,
  body: Uint8Array | undefined,
) => unknown;

/** Options of a verifier. Each is checked when it is given; one that does not exist is refused. */
export interface VerifierOptions<
  Schema extends StandardSchema | undefined = undefined,
  Kind extends PayloadKind | undefined = undefined,
  Context = unknown,
  Proven = any,
> extends ReplayOptions<Delivery<Proven>, Context> {
  /**
   * What proves the sender: one secret, several during a rotation (any may verify), or a function that finds the one
   * of a request. For Ed25519 the public key; for static credentials the token. With `anyOf()` an object of these, by
   * provider name.
   */
  readonly secret: Secrets | SecretLookup<Context> | SecretsByProvider<Context>;
  /**
   * How far a signed time may lie from now, in both directions or in each: `"5m"`, `{ past: "25h", future: "1m" }`.
   * Default: the provider's. There is no way to switch the check off; test old fixtures with `clock`.
   */
  readonly tolerance?:
    | Duration
    | {
        /** How old a signed time may be: room for late retries. Default: the provider's. */
        readonly past?: Duration;
        /** How far ahead of this machine's clock it may lie. Default: the provider's. */
        readonly future?: Duration;
      };
  /** How much the clocks of your own machines may disagree; default `"30s"`. Lengthens what the replay store remembers, never the window. */
  readonly skew?: Duration;
  /** The largest body, in bytes, inflated too. Default 1 MiB (1,048,576). */
  readonly limit?: number;
  /**
   * How much of a refused body is still read away, in bytes, so that a proxy hands the refusal on instead of a 502.
   * Default: `limit` and 1 MiB. With 0, of what is longer than 64 KiB nothing is read and the connection is closed.
   */
  readonly drain?: number;
  /** How the body becomes a payload. Default: the provider's. */
  readonly payload?: Kind;
  /** Any Standard Schema validator (zod, valibot, arktype …), run on the proven payload. Its output is the payload. */
  readonly schema?: Schema;
  /** What becomes of a body with a `Content-Encoding`. Default: the provider's, mostly `"refuse"`. */
  readonly encoding?: EncodingPolicy;
  /**
   * The URL that the provider calls, for schemes that sign it: an origin such as `"https://example.com"` (with the
   * path that a proxy strips, if it does), or a function. Needed where requests show only their path.
   */
  readonly publicUrl?: string | ((request: RequestHead) => string);
  /**
   * The whole URL as the provider's settings have it, for schemes that sign it; or a function that looks it up and never
   * copies the request's own query. Needed instead of `publicUrl` where Square's or HubSpot's URL has a query, which
   * could swallow the start of the body.
   */
  readonly exactUrl?: string | ((request: RequestHead) => string);
  /**
   * Statuses other than the default ones: by code, or one number for all refusals of class 4xx.
   * `{ timestamp_too_old: 204 }` lets Tailscale's queue go on. What nobody has handled is never a success:
   * `store_unavailable`, `in_progress`, `secret_unavailable` and `body_timeout` cannot be 2xx.
   */
  readonly status?: number | { readonly [Code in WebhookErrorCode]?: number };
  /** `"auto"`: the adapter commits on 2xx and releases otherwise. `"manual"`: you call `commit()` or `release()`. */
  readonly settle?: "auto" | "manual";
  /** How long a body may take to arrive; default `"30s"`. */
  readonly timeout?: Duration;
  /** Where the time comes from; default the system's. */
  readonly clock?: ClockOption;
  /** Told of each refusal. What it throws changes no answer. */
  readonly onReject?: OnReject<Context>;
  /**
   * Where refusals are written, a line each: a pino logger or its shape. Default: during development (`NODE_ENV` is
   * `"development"`, or unset at a terminal) standard error; otherwise only what is the operator's own fault (the
   * secret lookup or the replay store failed) is written there. `false` writes nothing. Never a secret; what the
   * sender wrote is escaped and shortened; at most ten lines a second.
   */
  readonly log?: Log | false;
  /** `explain` of this package: outside production it is run on a refused signature, and its first finding is logged. */
  readonly explain?: ExplainFunction;
  /**
   * Where proven deliveries are kept, instead of calling a handler: the provider is answered 200 as soon as one is, and a
   * worker hands it on. Takes the place of `replay`; not with `settle`, `onStoreFailure` or `onDuplicate: "handle"`.
   */
  readonly inbox?: Inbox;
  /**
   * During development each step of a request is announced to whoever looks on: `countersign inspect -- node server.js`
   * shows them as a live page. Default: where somebody does. `true` also writes a line to the log when nobody does;
   * `false` keeps this verifier out of it. In production (`NODE_ENV`) nothing is announced, and `true` says so in the log.
   */
  readonly inspect?: boolean;
  /** For providers with a handshake: Meta's verify token, or a function that takes the secret that Asana chooses. */
  readonly handshake?: HandshakeSetting;
}
