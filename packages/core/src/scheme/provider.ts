import { type Answer, ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Duration } from "../time/duration.ts";
import type { Scheme } from "./scheme.ts";

/** What the proven bytes become: parsed JSON, the fields of a form, or the bytes themselves. */
export type PayloadKind = "json" | "form" | "raw";

/**
 * What becomes of a body with a `Content-Encoding`:
 * - `"refuse"`: 415;
 * - `"compressed"`: the signature covers the bytes as sent, which are inflated after the verdict;
 * - `"inflated"`: the signature covers the inflated bytes.
 */
export type EncodingPolicy = "refuse" | "compressed" | "inflated";

/** Handed to a handshake, so that no row touches a secret or compares by itself. */
export interface HandshakeTools {
  /** The value of the verifier's `handshake` option. */
  readonly setting: HandshakeSetting | undefined;
  /** HMAC-SHA256 under the first active secret, hex (Zoom's challenge). Only for requests that are proven. */
  hmac(text: string): MaybePromise<string>;
  /** Compares timing-safe. */
  equal(a: string, b: string): boolean;
}

/**
 * What a user must give so that a provider's set-up request can be answered: the verify token that Meta repeats, or a
 * function that is handed the secret that Asana chooses and answers whether to take it.
 */
export type HandshakeSetting = string | ((secret: string, head: RequestHead) => MaybePromise<boolean>);

/** Requests that a provider makes before it sends, and the answers that it wants. */
export interface Handshake {
  /** What the user must give as the option `handshake`: a verify token's text, or a callback. Absent when nothing. */
  readonly needs?: "token" | "function";
  /** HTTP method that an unsigned set-up request has, beside the provider's own: `"GET"` for Meta. */
  readonly method?: string;
  /** Text that a proven set-up request holds: a body without it is not parsed to look for one when the payload is raw. */
  readonly marker?: string;
  /** From the head alone, before any signature; `undefined` when the request is none. */
  open?(head: RequestHead, query: URLSearchParams, tools: HandshakeTools): MaybePromise<Answer | undefined>;
  /** From a payload that is proven; `undefined` when it is an ordinary event. */
  proven?(payload: unknown, tools: HandshakeTools): MaybePromise<Answer | undefined>;
}

/** How a synchronous hook writes its decisions down. */
export interface Decisions {
  /** Lets the request through as it is. */
  allow(): Answer;
  /** Writes down that the request must go no further, in the caller's own format. */
  block(decision: {
    /** Told to whoever made the request; default none. */
    readonly message?: string;
    /** HTTP status for the request that was stopped; default 403. */
    readonly status?: number;
  }): Answer;
  /** Lets the request through with this whole body in place of its own. */
  modify(requestBody: unknown): Answer;
}

/**
 * How one system signs, what it sends and how it behaves, as data. The same object verifies on the receiving side and
 * signs on the sending side.
 */
export interface Provider<Payload = unknown> {
  /** Lower case, stable: it appears in errors, metrics and replay keys. */
  readonly name: string;
  /** The vendor's page that says so. */
  readonly docs: string;
  /** How a signature, or a credential, is made and where it is found. */
  readonly scheme: Scheme;
  /** HTTP methods in upper case, default `["POST"]`; anything else is answered 405. */
  readonly methods?: readonly string[];
  /** Default `"json"`. A provider that sends both says `"json"` and `formField`. */
  readonly payload?: PayloadKind;
  /** For a provider that sends JSON, or a form by content type: the field that holds the JSON; `""` hands out the form itself. */
  readonly formField?: string;
  /** True when a body may be empty; the payload is then `undefined`. */
  readonly emptyBody?: boolean;
  /** Hands out integers that a double cannot hold as `bigint`. */
  readonly losslessIntegers?: boolean;
  /** What becomes of a compressed body; default `"refuse"`, which answers 415. */
  readonly encoding?: EncodingPolicy;
  /** Turns the proven JSON into the payload that handlers see; throws when it cannot be one. */
  readonly normalize?: (value: unknown) => Payload;
  /** When what the payload tells happened, in milliseconds, for schemes whose head carries no time. Only used with a tolerance. */
  readonly occurredAt?: (payload: Payload) => number | undefined;
  /** The tolerance that goes with `occurredAt`; absent means that the window is off until the user gives one. */
  readonly tolerance?: Duration;
  /** The idempotency key inside a proven request, for providers that sign nothing or whose retries differ. */
  readonly key?: (
    payload: Payload,
    proof: {
      /** The delivery id that the signature covers; `undefined` where none is signed. */
      readonly id: string | undefined;
    },
  ) => string | undefined;
  /** For how long the provider may try again: how long a handled key is remembered at least. */
  readonly retries?: Duration;
  /** True when equal requests are legitimate, so that no digest tells a repetition: a replay store then needs a key of the user's own. */
  readonly repeats?: boolean;
  /** Set-up requests that are answered without the handler; absent where the provider makes none. */
  readonly handshake?: Handshake;
  /** Only for synchronous hooks, which `guardrail()` answers; absent where nobody waits for a decision. */
  readonly decisions?: Decisions;
  /** Headers that a genuine request carries beside the signature, for the sending side. */
  readonly contentType?: string;
  /** What users copy in place of the secret, by how it begins: Stripe's `sk_` is an API key. */
  readonly notSecrets?: readonly {
    /** The first characters by which it is recognized: `"sk_"`. */
    readonly prefix: string;
    /** For the sentence that tells the user: `"an API key"`. */
    readonly what: string;
  }[];
  /** True where the sender writes the keys of its JSON in order, or may: sorted keys then tell `explain` of no parser. */
  readonly sortedKeys?: boolean;
  /** Neighbours in what is signed whose boundary can be moved, such as `"url/body"`: a captured signature holds for both splits. */
  readonly seams?: readonly string[];
  /** The rows of `anyOf()` and `until()`: a verifier looks here for the one that a request is judged by. */
  readonly [CHOICES]?: object | undefined;
  /** What the proof leaves open: a sentence for the documentation and for `explain`. */
  readonly unprotected?: string;
}

/** Where `anyOf()` leaves the rows that a route takes. */
export const CHOICES: unique symbol = Symbol.for("countersign.provider.choices") as never;

/** The payload that a provider's handlers see. */
export type PayloadOf<P> = P extends Provider<infer Payload> ? Payload : never;

/** Registered, so that two copies of this package know each other's rows; not enumerable, so that a changed copy is checked anew. */
const CHECKED = Symbol.for("countersign.provider");

/** A row that is known to work: those of this package are checked by its tests, not in every program that imports one. */
export function row<Payload = unknown>(provider: Provider<Payload>): Provider<Payload> {
  return Object.freeze(Object.defineProperty({ ...provider }, CHECKED, { value: true }));
}

/** Throws unless it was made by `row()`, or by `defineProvider()` over it. @throws ConfigurationError */
export function checkRow(provider: unknown): void {
  if (typeof provider === "object" && provider !== null && CHECKED in provider) return;
  throw new ConfigurationError(
    "provider",
    "The first argument must be a provider: one of @countersign/core/providers, or your own from defineProvider().",
  );
}
