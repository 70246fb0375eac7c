/** The Redis store as it was before it wrote times: what a process of an older version still runs during a deploy. */
import { type ClaimState, defineReplayStore, type ReplayStore } from "@countersign/core";
import type { Redis } from "ioredis";

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

export function olderRedisStore(client: Redis, prefix: string): ReplayStore {
  return defineReplayStore({
    claim: async (key, token, lease, twin) =>
      (twin === undefined
        ? await client.eval(CLAIM, 1, prefix + key, token, lease)
        : await client.eval(CLAIM, 2, prefix + key, prefix + twin.key, token, lease, twin.ttl)) as ClaimState,
    commit: async (key, token, ttl, twin) =>
      (twin === undefined
        ? await client.eval(COMMIT, 1, prefix + key, token, ttl)
        : await client.eval(COMMIT, 2, prefix + key, prefix + twin.key, token, ttl, twin.ttl)) === 1,
    release: async (key, token) => (await client.eval(RELEASE, 1, prefix + key, token)) === 1,
    extend: async (key, token, lease) => (await client.eval(EXTEND, 1, prefix + key, token, lease)) === 1,
  });
}
