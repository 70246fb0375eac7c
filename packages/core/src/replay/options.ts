import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Duration } from "../time/duration.ts";
import type { ReplayStore } from "./store.ts";

/** What happens to a delivery that was handled before. */
export type OnDuplicate = "success" | "handle" | "refuse";

/** What a store could not do, or did too late. The delivery's handler is not affected unless the claim failed. */
export interface StoreFailure {
  /** Which of the four steps of a claim it was. */
  readonly operation: "claim" | "commit" | "release" | "extend";
  /** Namespaced and hashed, as the store sees it: fit for a log. */
  readonly key: string;
  /**
   * - `failed`: the store threw, or answered nonsense; `cause` is what it threw.
   * - `timeout`: it did not answer within `wait`.
   * - `full`: it has no room for another key.
   * - `overload`: so many operations wait for it that no more are let in.
   * - `lost`: the claim is no longer ours, so the delivery may be handled twice.
   * - `forgotten`: the store had acknowledged a commit and knows nothing of it: it lost data, and what it lost may be
   *   handled twice. Told once for each loss that is noticed, with the key that it was noticed by.
   * - `different`: another body came under an id that is known, and counts as its repetition: a sender that gives one id
   *   twice, or somebody who writes ids (a static token signs none). Told by stores that can be asked, `inspect()`.
   */
  readonly reason: "failed" | "timeout" | "full" | "overload" | "lost" | "forgotten" | "different";
  /** What the store's client threw; absent for the reasons that are found out here. */
  readonly cause?: unknown;
}

/** A bare store with the default settings, or an object that holds one and changes them. */
export type ReplayOption<Context = unknown> = ReplayStore | ReplayStoreOptions<Context>;

/** Where handled deliveries are remembered, for how long, and what waits for it. */
export interface ReplayStoreOptions<Context = unknown> {
  /** Made by `memoryReplayStore()`, `redisReplayStore()`, `postgresReplayStore()`, or by `defineReplayStore()` of your own four operations. */
  readonly store: ReplayStore;
  /** Keeps the keys of endpoints and tenants that share a store apart: one may otherwise use up another's. Default: the provider's name alone. */
  readonly namespace?: string | ((request: RequestHead, context: Context) => MaybePromise<string>);
  /** How long a handled key is remembered. Default: the window's length, the provider's retries, or 24 h, whichever is longest. */
  readonly ttl?: Duration;
  /** How long a claim lasts when its process dies; extended while the handler works. Default `"60s"`. */
  readonly lease?: Duration;
  /** How long the store may take to answer; default `"2s"`. */
  readonly wait?: Duration;
  /** How many operations may wait for the store at once; default 10,000. Further claims fail at once, so that a store that hangs takes no memory without a bound. */
  readonly backlog?: number;
  /** Told of each failure of the store, also of those that change no answer. */
  readonly onFailure?: (failure: StoreFailure) => unknown;
}

/** What an idempotency key may be: text, or a whole number that a double can hold. */
export type KeyValue = string | number | bigint | null | undefined;

/** Your own idempotency key, from what was proven; `missing` says what becomes of a delivery without one. */
export type KeyOption<Proven> =
  | ((delivery: Proven) => MaybePromise<KeyValue>)
  | {
      /** Finds the key in what was proven; default the provider's own. */
      readonly from?: (delivery: Proven) => MaybePromise<KeyValue>;
      /** Without a key: by the content's digest, else unclaimed (`"accept"`, the default), or 422 (`"refuse"`). */
      readonly missing?: "accept" | "refuse";
    };

/** The part of a verifier's options that decides how repetitions are recognized and answered. */
export interface ReplayOptions<Proven, Context = unknown> {
  /** Remembers what was handled: a store, or a store with its settings. Off unless given. */
  readonly replay?: ReplayOption<Context>;
  /** Handled before: `"success"` answers 200 without the handler (default), `"handle"` hands it over marked, `"refuse"` answers 409. */
  readonly onDuplicate?: OnDuplicate;
  /** When the replay store fails: `"closed"` answers 503 (default), `"open"` accepts. Reported in both cases. */
  readonly onStoreFailure?: "closed" | "open";
  /** Your own idempotency key from a proven delivery, and what a missing one means: default `"accept"`. */
  readonly key?: KeyOption<Proven>;
  /**
   * What a delivery is whose signed content is equal to another's, under another key: `"duplicate"` (default) or
   * `"distinct"`. Must be given for providers that send equal content legitimately (Twilio's steps of a call, Dropbox):
   * as duplicates, one of two equal events is lost; as distinct, whoever has captured a request and can change its key
   * without breaking the signature has it handled again.
   */
  readonly equalContent?: "duplicate" | "distinct";
}
