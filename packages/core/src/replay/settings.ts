import { checkChoice, checkFunction, checkInteger, checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { Delivery } from "../receive/delivery.ts";
import type { VerifierOptions } from "../receive/options.ts";
import type { Provider } from "../scheme/provider.ts";
import type { Clock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { type Duration, LONGEST_TIMER, parseDuration } from "../time/duration.ts";
import type { ReplayStore } from "./store.ts";
import { retention, type Window } from "./window.ts";
import { Witness } from "./witness.ts";

/** What a store could not do, or did too late. The delivery's handler is not affected unless the claim failed. */
export interface StoreFailure {
  readonly operation: "claim" | "commit" | "release" | "extend";
  /** The namespaced, hashed key. */
  readonly key: string;
  /**
   * - `failed`: the store threw, or answered nonsense; `cause` is what it threw.
   * - `timeout`: it did not answer within `wait`.
   * - `full`: it has no room for another key.
   * - `overload`: so many operations wait for it that no more are let in.
   * - `lost`: the claim is no longer ours, so the delivery may be handled twice.
   * - `forgotten`: the store had acknowledged a commit and knows nothing of it: it lost data, and what it lost may be
   *   handled twice. Told once for each loss that is noticed, with the key that it was noticed by.
   */
  readonly reason: "failed" | "timeout" | "full" | "overload" | "lost" | "forgotten";
  readonly cause?: unknown;
}

export type ReplayOption<Context = unknown> =
  | ReplayStore
  | {
      readonly store: ReplayStore;
      /** Parts the keys of endpoints and tenants that share a store: one may otherwise use up another's. Default: the provider's name alone. */
      readonly namespace?: string | ((request: RequestHead, context: Context) => string);
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
    };

export interface ReplaySettings {
  readonly store: ReplayStore;
  readonly namespace: string | ((request: RequestHead, context: never) => string);
  readonly ttl: number;
  readonly lease: number;
  readonly wait: number;
  readonly load: { waiting: number; readonly most: number };
  readonly witness: Witness;
  /** Claims that are held while their handlers work, each until a third of its lease has gone. */
  readonly holds: Deadlines;
  readonly open: boolean;
  readonly clock: Clock;
  readonly onFailure: ((failure: StoreFailure) => unknown) | undefined;
  /** The user's own key, else the provider's, else none: the digest of the signed content is the key then. */
  readonly from: ((delivery: Delivery<never>) => string | undefined) | undefined;
  readonly keyRequired: boolean;
}

const UNTIMED = 24 * 3_600_000;
const KEYS = ["store", "namespace", "ttl", "lease", "wait", "backlog", "onFailure"];

export function resolveReplay(
  provider: Provider,
  options: VerifierOptions<any, any, any>,
  shared: {
    readonly window: Window | undefined;
    readonly skew: number;
    readonly clock: Clock;
    readonly onStoreFailure: "closed" | "open";
  },
): ReplaySettings | undefined {
  const { replay, key } = options;
  if (key !== undefined && replay === undefined)
    throw new ConfigurationError("key", "key needs a replay store: give replay too.");
  if (replay === undefined) return undefined;
  if (typeof replay !== "object")
    throw new ConfigurationError("replay", "replay must be a replay store, or an object with one: { store, … }.");
  // Asked by what a store can do: a store may have a property named "store" itself, as one that wraps another does.
  const option = "claim" in replay ? { store: replay } : replay;
  checkOptions(option, KEYS, "replay");
  for (const method of ["claim", "commit", "release", "extend"] as const) {
    if (typeof option.store?.[method] !== "function") {
      throw new ConfigurationError("replay", `replay must be a replay store, or { store, … }: it has no ${method}().`);
    }
  }
  if (key !== undefined && typeof key !== "function" && typeof key !== "object")
    throw new ConfigurationError("key", "key must be a function of the delivery, or { from, missing }.");
  const settings = key === undefined ? {} : typeof key === "function" ? { from: key } : key;
  if (key !== undefined && typeof key !== "function") checkOptions(key, ["from", "missing"], "key");
  if (settings.from !== undefined && typeof settings.from !== "function")
    throw new ConfigurationError("key", "key must be a function of the delivery.");
  const keyRequired =
    checkChoice(("missing" in settings ? settings.missing : undefined) ?? "accept", "key.missing", [
      "accept",
      "refuse",
    ]) === "refuse";
  if (provider.repeats === true && settings.from === undefined && provider.key === undefined) {
    throw new ConfigurationError(
      "key",
      `${provider.name} sends genuine requests that are equal byte for byte, so remembering them would lose some: give key, a function of the delivery.`,
    );
  }
  if (provider.scheme.kind === "token" && settings.from === undefined) {
    if (provider.key === undefined) {
      throw new ConfigurationError(
        "key",
        `${provider.name} signs nothing and names no idempotency key, so a replay store has nothing to remember: give key, a function of the delivery.`,
      );
    }
    const usual = provider.payload ?? "json";
    if ((options.payload ?? usual) !== usual) {
      throw new ConfigurationError(
        "key",
        `${provider.name} has its idempotency key in the payload, which payload: "${options.payload}" does not read: give key, a function of the delivery.`,
      );
    }
  }

  const shortest = shared.window === undefined ? UNTIMED : retention(shared.window, shared.skew);
  const retries = provider.retries === undefined ? 0 : parseDuration(provider.retries, "retries");
  const ttl = option.ttl === undefined ? Math.max(shortest, retries) : parseDuration(option.ttl, "replay.ttl", 1);
  if (shared.window !== undefined && ttl < shortest) {
    throw new ConfigurationError(
      "replay.ttl",
      `replay.ttl must be at least ${shortest} ms: past + future tolerance + twice the skew. A shorter one lets a signature in again while it is still fresh.`,
    );
  }
  checkFunction(option.onFailure, "replay.onFailure");
  const { namespace = "", backlog = 10_000 } = option;
  checkInteger(backlog, "replay.backlog", 1);
  if (typeof namespace !== "function" && typeof namespace !== "string")
    throw new ConfigurationError("replay.namespace", "replay.namespace must be a string or a function.");
  const lease = parseDuration(option.lease ?? "60s", "replay.lease", 100, LONGEST_TIMER);
  return {
    store: option.store,
    namespace,
    // Both edges of the window are inside, and what expires is gone at its last millisecond.
    ttl: ttl + 1,
    lease,
    wait: parseDuration(option.wait ?? "2s", "replay.wait", 1, LONGEST_TIMER),
    load: { waiting: 0, most: backlog },
    witness: new Witness(),
    holds: new Deadlines(shared.clock, lease / 3),
    open: shared.onStoreFailure === "open",
    clock: shared.clock,
    onFailure: option.onFailure,
    from: settings.from,
    keyRequired,
  };
}
