import { checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { defineReplayStore } from "./define.ts";
import { type PatienceOptions, patient } from "./patience.ts";
import { rehearse } from "./ready.ts";
import { CLAIM, COMMIT, EXTEND, FORGET, INSPECT, POLICY, RELEASE } from "./redis-scripts.ts";
import { keptIn } from "./sharing.ts";
import type { ClaimState, InspectableReplayStore, Inspection, ReplayOperations, Twin } from "./store.ts";
import { warn } from "./trouble.ts";

export type { PatienceOptions } from "./patience.ts";
export { ReplayStoreError, type StoreTrouble } from "./trouble.ts";

/** A client or cluster of `ioredis`, by its shape. */
export interface IoredisLike {
  /** Registers a script; its presence tells ioredis from node-redis. */
  defineCommand(name: string, definition: object): void;
  /** Runs a Lua script: its text, how many of what follows are keys, then those and the arguments. */
  eval(script: string, keys: number, ...keysAndArguments: (string | number)[]): Promise<unknown>;
}

/** A client, pool or cluster of `redis` (node-redis), by its shape. */
export interface NodeRedisLike {
  /** Runs a Lua script atomically on the server. */
  eval(
    script: string,
    options: {
      /** Those that a cluster finds the right node by. */
      keys: string[];
      /** Tokens and times in milliseconds, as text. */
      arguments: string[];
    },
  ): Promise<unknown>;
}

/** How keys of this store are told apart from others in the same database. */
export interface RedisReplayStoreOptions extends PatienceOptions {
  /** Stands before every key; default `"countersign:"`. */
  readonly prefix?: string;
}

/** A replay store in Redis: what every store of this package can do, and a check for the start. */
export interface RedisReplayStore extends InspectableReplayStore {
  /**
   * Goes through every operation once with a key of its own, so that what would fail at the first request fails at the
   * start: no right, a replica, no memory left. Where the server tells, a `maxmemory-policy` other than `noeviction` is
   * reported, on the diagnostics channel `countersign:store` and on standard error.
   *
   * @throws ReplayStoreError `store_not_ready`, or what the client throws when it has no connection
   */
  ready(): Promise<void>;
}

/** What a server says to whom it does not serve, and how to mend it. */
const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [
    /\bNOPERM\b|ACL failure|can't run this command/,
    "its user may not: give it EVAL, GET, SET, DEL, PEXPIRE, PTTL and TIME, for the keys of the prefix",
  ],
  [/\bREADONLY\b/, "it is a replica, which takes no writes: connect to the primary"],
  [/\bNOAUTH\b|\bWRONGPASS\b/, "it does not know the password"],
];
const HALF_OPEN =
  "give the client a socketTimeout (see docs/replay.md of @countersign/core), so that it is ended and made anew";

/**
 * A replay store in Redis (6 or newer, also clusters): for as many processes and machines as you like. Every operation
 * is one round trip and one script, so that it is atomic.
 *
 * Redis must not evict keys (`maxmemory-policy noeviction`), and what it loses in a crash it has forgotten: with
 * `appendfsync everysec` that is up to a second. A full Redis takes no new claims, but commits those that it has. Give the client no offline queue (`enableOfflineQueue: false` in
 * ioredis, `disableOfflineQueue: true` in redis), so that an outage is answered at once, and a `socketTimeout`, so that a
 * connection that is half open is ended. `await store.ready()` at the start says what is wrong with the server.
 *
 * @throws ConfigurationError when the client is neither of `ioredis` nor of `redis`
 * @example
 * ```ts
 * import { createVerifier } from "@countersign/core";
 * import { tailscale } from "@countersign/core/providers";
 * import { redisReplayStore } from "@countersign/core/replay/redis";
 * import { Redis } from "ioredis";
 *
 * const redis = new Redis("redis://127.0.0.1:6379", { enableOfflineQueue: false, lazyConnect: true });
 * createVerifier(tailscale, { secret: "tskey-webhook-xxxxx", replay: redisReplayStore(redis) });
 * ```
 */
export function redisReplayStore(
  client: IoredisLike | NodeRedisLike,
  options: RedisReplayStoreOptions = {},
): RedisReplayStore {
  checkOptions(options, ["prefix", "timeout", "clock"], "redisReplayStore");
  const { prefix = "countersign:" } = options;
  if (typeof prefix !== "string") throw new ConfigurationError("prefix", "prefix must be a string.");
  const run = patient(runner(client), options, "Redis", HALF_OPEN);
  const names = (key: string, twin: Twin | undefined) =>
    twin === undefined ? [prefix + key] : [prefix + key, prefix + twin.key];
  const values = (token: string, milliseconds: number, twin: Twin | undefined) =>
    twin === undefined ? [token, whole(milliseconds)] : [token, whole(milliseconds), whole(twin.ttl)];
  const isDone = async (script: string, keys: string[], given: string[]) =>
    Number(await run(script, keys, given)) === 1;
  const operations: ReplayOperations = {
    claim: (key, token, lease, twin) => run(CLAIM, names(key, twin), values(token, lease, twin)).then(stateOf, fullOr),
    commit: (key, token, ttl, twin) => isDone(COMMIT, names(key, twin), values(token, ttl, twin)),
    release: (key, token) => isDone(RELEASE, [prefix + key], [token]),
    extend: (key, token, lease) => isDone(EXTEND, [prefix + key], [token, whole(lease)]),
  };
  const store: RedisReplayStore = Object.assign(defineReplayStore(operations), {
    inspect: async (key: string) => inspectionOf(await run(INSPECT, [prefix + key], [])),
    forget: (key: string) => isDone(FORGET, [prefix + key], []),
    async ready() {
      await rehearse(store, (error) => REFUSALS.find(([said]) => said.test(messageOf(error)))?.[1]);
      const policy = String(await run(POLICY, [prefix], []));
      if (policy === "" || policy === "noeviction") return;
      warn(
        "store_evicts",
        `Redis has maxmemory-policy ${policy}: when its memory is full it drops keys that are still needed, and what they stood for is handled again. Set it to noeviction.`,
      );
    },
  });
  keptIn(store, client, prefix);
  return store;
}

type Run = (script: string, keys: string[], values: string[]) => Promise<unknown>;

function runner(client: IoredisLike | NodeRedisLike): Run {
  if (typeof client?.eval !== "function") {
    throw new ConfigurationError(
      "client",
      "The first argument must be a client or cluster of ioredis or redis: it has no eval().",
    );
  }
  if ("defineCommand" in client) return (script, keys, values) => client.eval(script, keys.length, ...keys, ...values);
  return (script, keys, values) => client.eval(script, { keys, arguments: values });
}

/** Redis takes whole milliseconds, one at least. */
function whole(milliseconds: number): string {
  return String(Math.max(1, Math.ceil(milliseconds)));
}

/** Redis refuses what would take more memory than it has: a store without room. */
function fullOr(error: unknown): ClaimState {
  if (/\bOOM\b/.test(messageOf(error))) return "full";
  throw error;
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown } | null)?.message);
}

function inspectionOf(answer: unknown): Inspection | undefined {
  if (!Array.isArray(answer)) return undefined;
  const [kind, token, at, now, left] = answer.map(String) as [string, string, string, string, string];
  return {
    state: kind === "d" ? "done" : "claimed",
    at: at === "" ? undefined : new Date(Number(at)),
    until: new Date(Number(now) + Number(left)),
    token,
  };
}

function stateOf(answer: unknown): ClaimState {
  const state = String(answer);
  if (state === "new" || state === "busy" || state === "done") return state;
  throw new Error("Redis answered a claim with something that is no state.");
}
