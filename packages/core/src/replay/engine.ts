import { checkChoice } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Provider } from "../scheme/provider.ts";
import type { Clock } from "../time/clock.ts";
import type { ReplayOption, ReplayOptions } from "./options.ts";
import { type ClaimState, ENGINE, type ReplayStore } from "./store.ts";
import type { Window } from "./window.ts";

/** A claim in a replay store, as a delivery holds it until somebody settles it. */
export interface HeldClaim {
  /** Marks it as handled, so that a repetition is a duplicate; false when the claim had been lost to somebody else. */
  commit(): MaybePromise<boolean>;
  /** Gives the key back, so that the provider's retry is let in at once; false when the claim had been lost. */
  release(): MaybePromise<boolean>;
  /** Lets it last for another lease; false when it had been lost. */
  extend(): MaybePromise<boolean>;
  /** Extends it by itself until it is settled. */
  hold(): void;
  /** Sets how long `hold()` goes on extending at most, counted from now. */
  holdFor(milliseconds: number): void;
  /** Ends when the claim is lost. */
  readonly signal: AbortSignal;
}

/** What the store said of a delivery. */
export interface Taken {
  /** Beside the store's own words: it did not say; there is no key, and none is needed; there is none, and one is. */
  readonly state: ClaimState | "failed" | "unkeyed" | "missing_key";
  /** Ours, when the state is `"new"`. */
  readonly claim?: HeldClaim;
  /** The idempotency key, as the payload has it. */
  readonly plain?: string | undefined;
  /** The digest by which failures of the store name it: fit for a log. */
  readonly shown?: string;
}

/** What of a proven request a key is made of. */
export interface ReplaySubject {
  /** What a `namespace` function is given first. */
  readonly head: RequestHead;
  /** The framework's own request, for a `namespace` that is a function. */
  readonly context: unknown;
  /** The delivery id that the signature covers; `undefined` where none is signed. */
  readonly id: string | undefined;
  /** SHA-256 of the signed content, base64url. */
  contentDigest(): MaybePromise<string>;
}

/** What a proven delivery's key is made from. */
export interface TakenFrom {
  /** As the provider means it, before a schema that may have dropped the key. */
  readonly payload: unknown;
  /** What the user's own key function is given. */
  readonly delivery: unknown;
  /** The head, the id and the digest of the content. */
  readonly subject: ReplaySubject;
}

/** Knows what was handled, for one verifier. */
export interface Replay {
  /**
   * Claims a proven delivery.
   *
   * @throws UnusableKey when the user's `key` or `namespace` gave what can be no key, and what these functions throw
   */
  take(from: TakenFrom): MaybePromise<Taken>;
}

/** What of a verifier's other options replay depends on. */
export interface ReplayContext {
  /** How far a signed time may lie from now; `undefined` where none is signed. */
  readonly window: Window | undefined;
  /** Milliseconds by which clocks may disagree. */
  readonly skew: number;
  /** The verifier's. */
  readonly clock: Clock;
  /** The kind of payload that handlers are given. */
  readonly payload: string;
  /** The name under which several rows of one route keep their keys; `undefined` for a row alone. */
  readonly family: string | undefined;
  /** The secrets that were given once; `undefined` where each request's are looked up. */
  readonly secrets: readonly (string | Uint8Array)[] | undefined;
}

/** Checks the options and sets the engine up. @throws ConfigurationError */
export type OpenReplay = (provider: Provider, options: ReplayOptions<never, any>, context: ReplayContext) => Replay;

/** The engine that comes with the store; `undefined` without one. @throws ConfigurationError */
export function startReplay(
  provider: Provider,
  options: ReplayOptions<never, any>,
  context: ReplayContext,
): Replay | undefined {
  checkChoice(options.onStoreFailure ?? "closed", "onStoreFailure", ["closed", "open"]);
  const { replay } = options;
  if (replay === undefined) {
    const alone = options.key !== undefined ? "key" : options.equalContent !== undefined ? "equalContent" : undefined;
    if (alone === undefined) return undefined;
    throw new ConfigurationError(alone, `${alone} needs a replay store: give replay too.`);
  }
  const open = storeOf(replay)?.[ENGINE] as OpenReplay | undefined;
  if (open !== undefined) return open(provider, options, context);
  throw new ConfigurationError(
    "replay",
    "replay must be a replay store, or { store, … }. Operations of your own become one by defineReplayStore().",
  );
}

/** The store itself, from whichever form of the option. One that wraps another may have a property named "store" too. */
export function storeOf(replay: ReplayOption<any>): ReplayStore | undefined {
  if (typeof replay !== "object" || replay === null) return undefined;
  return "claim" in replay ? replay : replay.store;
}
