// A value is "c", the token and the time while claimed; "d" and the same when done; "n" and a key for another name of
// that key. An older version wrote no time. Clients send a command again when its answer was lost, so each script
// answers its own repetition as it answered the first time. Both names of a delivery begin with the same {…}, so a
// cluster keeps them, and what they name, together.
const FIND = `
local function kind(held)
  return held and string.sub(held, 1, 1)
end
local function owner(held)
  return held and string.match(held, '^.([^|]*)')
end
local function find(key)
  local held = redis.call('GET', key)
  if kind(held) == 'n' then
    key = string.sub(held, 2)
    held = redis.call('GET', key)
    if kind(held) == 'n' then held = false end
  end
  return key, held
end
local function name(call, key, main, ttl)
  if key == main then return end
  local held = redis.call('GET', key)
  if held == false or kind(held) == 'n' then call('SET', key, 'n' .. main, 'PX', ttl) end
end
local function set(key, state, token, ttl)
  local time = redis.call('TIME')
  redis.call('SET', key, state .. token .. '|' .. time[1] .. string.format('%03d', math.floor(time[2] / 1000)), 'PX', ttl)
end`;

/** Whoever has the memory already may go on: behind a write that takes none, a full Redis lets a script write more. */
const THOUGH_FULL = "redis.call('PEXPIRE', KEYS[1], ARGV[2])";

export const CLAIM = `${FIND}
local main, held = find(KEYS[1])
if KEYS[2] then
  local other, state = find(KEYS[2])
  if held == false or kind(state) == 'd' then
    if state then main, held = other, state end
  end
end
if held then
  if KEYS[2] then
    name(redis.pcall, KEYS[1], main, ARGV[3])
    name(redis.pcall, KEYS[2], main, ARGV[3])
  end
  if kind(held) == 'd' then return 'done' end
  if owner(held) == ARGV[1] then return 'new' end
  return 'busy'
end
set(KEYS[1], 'c', ARGV[1], ARGV[2])
if KEYS[2] then name(redis.call, KEYS[2], KEYS[1], ARGV[3]) end
return 'new'`;

export const COMMIT = `${FIND}
local main, held = find(KEYS[1])
if held == false or owner(held) == ARGV[1] then
  ${THOUGH_FULL}
  set(KEYS[1], 'd', ARGV[1], ARGV[2])
  if KEYS[2] then name(redis.call, KEYS[2], KEYS[1], ARGV[3]) end
  return 1
end
return 0`;

export const RELEASE = `${FIND}
local held = redis.call('GET', KEYS[1])
if kind(held) == 'c' and owner(held) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`;

export const EXTEND = `${FIND}
local main, held = find(KEYS[1])
if held == false or (kind(held) == 'c' and owner(held) == ARGV[1]) then
  ${THOUGH_FULL}
  set(KEYS[1], 'c', ARGV[1], ARGV[2])
  return 1
end
return 0`;

/** State, token, when it was written (or nothing), now, and for how long it stays; all in milliseconds. */
export const INSPECT = `${FIND}
local main, held = find(KEYS[1])
if held == false then return false end
local time = redis.call('TIME')
return {
  kind(held), owner(held), string.match(held, '|(%d+)$') or '',
  time[1] .. string.format('%03d', math.floor(time[2] / 1000)), redis.call('PTTL', main)
}`;

export const FORGET = `${FIND}
local main, held = find(KEYS[1])
redis.call('DEL', KEYS[1])
redis.call('DEL', main)
return held and 1 or 0`;

/** Nothing where the server does not tell. */
export const POLICY = `
local info = redis.pcall('INFO', 'memory')
return type(info) == 'string' and string.match(info, 'maxmemory_policy:(%S+)') or ''`;
