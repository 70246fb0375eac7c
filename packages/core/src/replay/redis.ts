import { checkOptions } from "../errors/checks.ts";
import { ConfigurationError } from "../errors/errors.ts";
import { defineReplayStore } from "./define.ts";
import { keptIn } from "./sharing.ts";
import type { ClaimState, ReplayStore, Twin } from "./store.ts";

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
export interface RedisReplayStoreOptions {
  /** Stands before every key; default `"countersign:"`. */
  readonly prefix?: string;
}

// A value is "c" and the token while claimed, "d" and the token when done, "n" and a key for another name of that key.
// Clients send a command again when its answer was lost, so each script answers its own repetition as it answered the
// first time. Both names of a delivery begin with the same {…}, so a cluster keeps them, and what they name, together.
const FIND = `
local function find(key)
  local held = redis.call('GET', key)
  if held and string.sub(held, 1, 1) == 'n' then
    key = string.sub(held, 2)
    held = redis.call('GET', key)
    if held and string.sub(held, 1, 1) == 'n' then held = false end
  end
  return key, held
end
local function name(key, main, ttl)
  if key == main then return end
  local held = redis.call('GET', key)
  if held == false or string.sub(held, 1, 1) == 'n' then redis.call('SET', key, 'n' .. main, 'PX', ttl) end
end`;

const CLAIM = `${FIND}
local main, held = find(KEYS[1])
if KEYS[2] then
  local other, state = find(KEYS[2])
  if held == false or (state and string.sub(state, 1, 1) == 'd') then
    if state then main, held = other, state end
  end
end
if held then
  if KEYS[2] then
    name(KEYS[1], main, ARGV[3])
    name(KEYS[2], main, ARGV[3])
  end
  if string.sub(held, 1, 1) == 'd' then return 'done' end
  if held == 'c' .. ARGV[1] then return 'new' end
  return 'busy'
end
redis.call('SET', KEYS[1], 'c' .. ARGV[1], 'PX', ARGV[2])
if KEYS[2] then name(KEYS[2], KEYS[1], ARGV[3]) end
return 'new'`;

const COMMIT = `${FIND}
local main, held = find(KEYS[1])
if held == false or held == 'c' .. ARGV[1] or held == 'd' .. ARGV[1] then
  redis.call('SET', KEYS[1], 'd' .. ARGV[1], 'PX', ARGV[2])
  if KEYS[2] then name(KEYS[2], KEYS[1], ARGV[3]) end
  return 1
end
return 0`;

const RELEASE = `
if redis.call('GET', KEYS[1]) == 'c' .. ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0`;

const EXTEND = `${FIND}
local main, held = find(KEYS[1])
if held == false or held == 'c' .. ARGV[1] then
  redis.call('SET', KEYS[1], 'c' .. ARGV[1], 'PX', ARGV[2])
  return 1
end
return 0`;

/**
 * A replay store in Redis (6 or newer, also clusters): for as many processes and machines as you like. Every operation
 * is one round trip and one script, so that it is atomic.
 *
 * Redis must not evict keys (`maxmemory-policy noeviction`), and what it loses in a crash it has forgotten: with
 * `appendfsync everysec` that is up to a second. Give the client no offline queue (`enableOfflineQueue: false` in
 * ioredis, `disableOfflineQueue: true` in redis), so that an outage is answered at once.
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
): ReplayStore {
  checkOptions(options, ["prefix"], "redisReplayStore");
  const { prefix = "countersign:" } = options;
  if (typeof prefix !== "string") throw new ConfigurationError("prefix", "prefix must be a string.");
  const run = runner(client);
  const names = (key: string, twin: Twin | undefined) =>
    twin === undefined ? [prefix + key] : [prefix + key, prefix + twin.key];
  const values = (token: string, milliseconds: number, twin: Twin | undefined) =>
    twin === undefined ? [token, whole(milliseconds)] : [token, whole(milliseconds), whole(twin.ttl)];
  const store = defineReplayStore({
    claim: async (key, token, lease, twin) => stateOf(await run(CLAIM, names(key, twin), values(token, lease, twin))),
    commit: async (key, token, ttl, twin) =>
      Number(await run(COMMIT, names(key, twin), values(token, ttl, twin))) === 1,
    release: async (key, token) => Number(await run(RELEASE, [prefix + key], [token])) === 1,
    extend: async (key, token, lease) => Number(await run(EXTEND, [prefix + key], [token, whole(lease)])) === 1,
  });
  return keptIn(store, client, prefix);
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

function stateOf(answer: unknown): ClaimState {
  const state = String(answer);
  if (state === "new" || state === "busy" || state === "done") return state;
  throw new Error("Redis answered a claim with something that is no state.");
}
