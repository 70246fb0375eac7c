import { checkChoice, checkFunction, checkInteger, checkOptions, type KeysOf } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import type { RequestHead } from "../head/head.ts";
import type { MaybePromise } from "../lib/promises.ts";
import type { Provider } from "../scheme/provider.ts";
import { coversBody } from "../scheme/scheme.ts";
import type { Clock } from "../time/clock.ts";
import { Deadlines } from "../time/deadlines.ts";
import { LONGEST_TIMER, parseDuration } from "../time/duration.ts";
import { type ReplayContext, storeOf } from "./engine.ts";
import type { KeyOption, KeyValue, ReplayOption, ReplayOptions, ReplayStoreOptions, StoreFailure } from "./options.ts";
import type { ReplayStore } from "./store.ts";
import { retention } from "./window.ts";
import { Witness } from "./witness.ts";

/** What `replay`, `key` and their neighbours were resolved to: checked, defaults filled in, durations in milliseconds. */
export interface ReplaySettings {
  /** The name of the row that the verifier judges by. */
  readonly provider: string;
  /** Tells the verifiers of this process apart. */
  readonly verifier: number;
  /** The store itself, from whichever form of the option. */
  readonly store: ReplayStore;
  /** What keeps endpoints and tenants of one store apart; `""` unless one was given. */
  readonly namespace: string | ((request: RequestHead, context: never) => MaybePromise<string>);
  /** The name under which several rows of one route keep their keys; `undefined` for a row alone. */
  readonly family: string | undefined;
  /** How long a handled key is remembered. */
  readonly ttl: number;
  /** How long a claim outlives its process. */
  readonly lease: number;
  /** How long the store may take to answer. */
  readonly wait: number;
  /** The operations that wait for the store just now, of this verifier. */
  readonly load: {
    /** Counted up when one is asked, down when it has answered. */
    waiting: number;
    /** Claims that are worked on just now. */
    held: number;
    /** `backlog`: above it an operation fails at once instead of waiting. */
    readonly most: number;
  };
  /** Notices a store that lost what it had acknowledged. */
  readonly witness: Witness;
  /** Claims that are held while their handlers work, each until a third of its lease has gone. */
  readonly holds: Deadlines;
  /** Where the time comes from; the system's, unless a test gave another. */
  readonly clock: Clock;
  /** The user's own observer of the store's failures. */
  readonly onFailure: ((failure: StoreFailure) => unknown) | undefined;
  /** The user's own key, else the provider's, else none: the digest of the signed content is the key then. */
  readonly from: ((delivery: never) => MaybePromise<KeyValue>) | undefined;
  /** Whether a delivery without a key is refused (422). */
  readonly keyRequired: boolean;
  /** Whether the content is a name beside the key. */
  readonly twins: boolean;
}

const STORE: KeysOf<ReplayStoreOptions> = {
  store: "required",
  namespace: "optional",
  ttl: "optional",
  lease: "optional",
  wait: "optional",
  backlog: "optional",
  onFailure: "optional",
};
/** How many have been made with a store. */
let verifiers = 0;
const METHODS = ["claim", "commit", "release", "extend"] as const;

/** Checks the options of a verifier that was given a store. @throws ConfigurationError */
export function resolveReplay(
  provider: Provider,
  options: ReplayOptions<never, any>,
  context: ReplayContext,
): ReplaySettings {
  const option = checkStore(options.replay as ReplayOption);
  const key = checkKey(options.key);
  checkKeyExists(provider, key.from !== undefined, context.payload, options.equalContent);
  const { namespace = "" } = option;
  if (typeof namespace !== "function" && typeof namespace !== "string")
    throw new ConfigurationError("replay.namespace", "replay.namespace must be a string or a function.");
  const lease = parseDuration(option.lease ?? "60s", "replay.lease", 100, LONGEST_TIMER);
  verifiers += 1;
  return {
    provider: provider.name,
    verifier: verifiers,
    store: option.store,
    namespace,
    family: context.family,
    // Both edges of the window are inside, and what expires is gone at its last millisecond.
    ttl: checkTtl(provider, option, context) + 1,
    lease,
    wait: parseDuration(option.wait ?? "2s", "replay.wait", 1, LONGEST_TIMER),
    load: { waiting: 0, held: 0, most: checkInteger(option.backlog ?? 10_000, "replay.backlog", 1) },
    witness: new Witness(),
    holds: new Deadlines(context.clock, lease / 3),
    clock: context.clock,
    onFailure: checkFunction(option.onFailure, "replay.onFailure"),
    twins: checkEqualContent(provider, options.equalContent) === "duplicate",
    ...key,
  };
}

function checkStore(replay: ReplayOption<any>): ReplayStoreOptions<any> {
  const store = storeOf(replay);
  const option = store === replay ? { store } : (replay as ReplayStoreOptions);
  checkOptions(option, STORE, "replay");
  for (const method of METHODS) {
    if (typeof store?.[method] !== "function") {
      throw new ConfigurationError("replay", `replay must be a replay store, or { store, … }: it has no ${method}().`);
    }
  }
  return option;
}

function checkKey(key: KeyOption<never> | undefined): Pick<ReplaySettings, "from" | "keyRequired"> {
  if (key === undefined) return { from: undefined, keyRequired: false };
  if (typeof key === "function") return { from: key, keyRequired: false };
  if (typeof key !== "object")
    throw new ConfigurationError("key", "key must be a function of the delivery, or { from, missing }.");
  checkOptions(key, ["from", "missing"], "key");
  const missing = checkChoice(key.missing ?? "accept", "key.missing", ["accept", "refuse"]);
  return { from: checkFunction(key.from, "key.from"), keyRequired: missing === "refuse" };
}

/** Refuses a store that would have nothing to remember, or would remember what may come again. */
function checkKeyExists(
  provider: Provider,
  own: boolean,
  payload: string,
  equalContent: ReplayOptions<never>["equalContent"],
): void {
  if (own) return;
  const refuse = (why: string) =>
    new ConfigurationError("key", `${provider.name} ${why}: give key, a function of the delivery.`);
  if (provider.repeats === true && provider.key === undefined && equalContent !== "duplicate") {
    throw refuse("sends genuine requests that are equal byte for byte, so remembering them would lose some");
  }
  if (coversBody(provider.scheme)) return;
  if (provider.key === undefined) {
    throw refuse("signs nothing and names no idempotency key, so a replay store has nothing to remember");
  }
  if (payload !== (provider.payload ?? "json")) {
    throw refuse(`has its idempotency key in the payload, which payload: "${payload}" does not read`);
  }
}

function checkEqualContent(provider: Provider, option: ReplayOptions<never>["equalContent"]): string {
  if (option === undefined && provider.repeats === true) {
    throw new ConfigurationError(
      "equalContent",
      `${provider.name} sends genuine events whose content is equal. Choose: equalContent: "distinct" handles each that has a key of its own, also a captured request whose key somebody could change; "duplicate" handles equal content once, and loses the second of two equal events.`,
    );
  }
  return checkChoice(option ?? "duplicate", "equalContent", ["duplicate", "distinct"]);
}

/** Without a window, so long at least. */
const UNTIMED = 24 * 3_600_000;

function checkTtl(provider: Provider, { ttl }: ReplayStoreOptions, { window, skew }: ReplayContext): number {
  const shortest = window === undefined ? UNTIMED : retention(window, skew);
  const retries = provider.retries === undefined ? 0 : parseDuration(provider.retries, "retries");
  if (ttl === undefined) return Math.max(shortest, retries);
  const own = parseDuration(ttl, "replay.ttl", 1);
  if (window !== undefined && own < shortest) {
    throw new ConfigurationError(
      "replay.ttl",
      `replay.ttl must be at least ${shortest} ms: past + future tolerance + twice the skew. A shorter one lets a signature in again while it is still fresh.`,
    );
  }
  if (own < retries) {
    throw new ConfigurationError(
      "replay.ttl",
      `replay.ttl must be at least ${retries} ms: so long ${provider.name} may try again, and a retry that is no longer known is handled twice.`,
    );
  }
  return own;
}
