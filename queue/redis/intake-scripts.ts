import { script } from './script.js'

/*
 * Every script of the intake. A shard, named in ARGV[1], has these keys, all with its hash tag:
 *
 *   :state            hash: `last`, the newest stamp in µs; `bytes`, of all batches
 *   :stream:<signal>  an entry per batch, without its body; its id is `<stamp>-0`
 *   :body:<batch>     the body
 *   :batches          hash: batch → signal, stamp, bytes and org
 *   :order            sorted set of `signal \0 org \0 stamp \0 batch`, for the low watermarks
 *   :scope:<hex>      first answer to an idempotency scope; expires by itself
 *
 * Stamps are the server's TIME in µs, made strictly increasing within a shard: a clock that is set back stamps nothing
 * earlier than what was stamped, or was read as the watermark's time, before.
 *
 * The server knows how long an entry is held (its idle time) and no end of a claim. So a claim of 60 s is written as an
 * idle time that lacks 60 s to RUN_OUT, and XPENDING with IDLE finds those that ran out, oldest first.
 *
 * Scripts need Redis 7 for their flags. All but the enqueue run past `maxmemory` too, or a full queue could not drain;
 * the enqueue is refused there as a whole, before it begins.
 */

const NAMES = `
local base = ARGV[1]
local GROUP, FREE, RUN_OUT = 'normalizer', '-', 86400000
local function stream(signal) return base .. ':stream:' .. signal end
local function stamp(step)
  local time = redis.call('TIME')
  local last = tonumber(redis.call('HGET', base .. ':state', 'last') or 0)
  local at = math.max(time[1] * 1000000 + time[2], last + step)
  redis.call('HSET', base .. ':state', 'last', string.format('%.0f', at))
  return at
end
`

const REQUIRED = `#!lua flags=allow-oom
${NAMES}
local function found(batch)
  local line = redis.call('HGET', base .. ':batches', batch)
  if not line then return nil end
  local signal, at, bytes, org = string.match(line, '^(%S+) (%d+) (%d+) (.*)$')
  return { signal = signal, at = at, id = at .. '-0', bytes = bytes, org = org, key = stream(signal) }
end
local function pending(key, id) return redis.call('XPENDING', key, GROUP, id, id, 1)[1] end
local function run_out(key, most) return redis.call('XPENDING', key, GROUP, 'IDLE', RUN_OUT, '-', '+', most) end
local function free(key, id) redis.call('XCLAIM', key, GROUP, FREE, 0, id, 'IDLE', RUN_OUT, 'JUSTID') end
local function delivered_until(key)
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
    local facts = {}
    for i = 1, #group, 2 do facts[group[i]] = group[i + 1] end
    if facts.name == GROUP then return facts['last-delivered-id'] end
  end
end
local function answer(id, deliveries, fields)
  local line = { id, deliveries }
  for i = 2, #fields, 2 do line[#line + 1] = fields[i] end
  return line
end
`

/** batch, org, key, signal, protocol, items, bytes, encoding, scope, body hash, ttl in ms, body → outcome and answer. */
export const ENQUEUE = script(`#!lua
${NAMES}
local _, batch, org, key, signal, protocol, items, bytes, encoding, scope, hash, ttl = unpack(ARGV)
local remembered = base .. ':scope:' .. scope
local known = redis.call('GET', remembered)
if known then
  local first_hash, first_batch, first_items, first_at = string.match(known, '^(%S+) (%S+) (%S+) (%S+)$')
  if first_hash ~= hash then return { 'conflict' } end
  return { 'replayed', first_batch, first_items, first_at }
end
if redis.call('HEXISTS', base .. ':batches', batch) == 1 then
  return redis.error_reply('TAKEN The batch ' .. batch .. ' is in the queue already, under another scope.')
end
local at = string.format('%.0f', stamp(1))
local accepted = string.sub(at, 1, -4)
if redis.call('EXISTS', stream(signal)) == 0 then
  redis.call('XGROUP', 'CREATE', stream(signal), GROUP, '0', 'MKSTREAM')
end
redis.call('SET', base .. ':body:' .. batch, ARGV[13])
redis.call('XADD', stream(signal), at .. '-0', 'batch', batch, 'org', org, 'key', key, 'protocol', protocol,
  'items', items, 'bytes', bytes, 'encoding', encoding)
redis.call('HSET', base .. ':batches', batch, signal .. ' ' .. at .. ' ' .. bytes .. ' ' .. org)
redis.call('ZADD', base .. ':order', 0, signal .. '\\0' .. org .. '\\0' .. at .. '\\0' .. batch)
redis.call('HINCRBY', base .. ':state', 'bytes', bytes)
redis.call('SET', remembered, hash .. ' ' .. batch .. ' ' .. items .. ' ' .. accepted, 'PX', ttl)
return { 'accepted', batch, items, accepted }`)

/** signal, most → stamp and bytes of what can be claimed, oldest first, one after the other in a flat list. */
export const CLAIMABLE = script(`${REQUIRED}
local key, most = stream(ARGV[2]), tonumber(ARGV[3])
if redis.call('EXISTS', key) == 0 then return {} end
local facts = {}
local function add(entry)
  facts[#facts + 1] = entry[1]
  facts[#facts + 1] = entry[2][12]
end
for _, held in ipairs(run_out(key, most)) do
  local entry = redis.call('XRANGE', key, held[1], held[1])[1]
  if entry then add(entry) end
end
local left = most - #facts / 2
if left > 0 then
  for _, entry in ipairs(redis.call('XRANGE', key, '(' .. delivered_until(key), '+', 'COUNT', left)) do add(entry) end
end
return facts`)

/** signal, consumer, claim in ms, most batches, most bytes → what was claimed, oldest first. */
export const CLAIM = script(`${REQUIRED}
local key, consumer, idle = stream(ARGV[2]), ARGV[3], RUN_OUT - ARGV[4]
local most, most_bytes = tonumber(ARGV[5]), tonumber(ARGV[6])
if redis.call('EXISTS', key) == 0 then return {} end
local claimed, bytes = {}, 0
local function full() return #claimed >= most or (bytes > 0 and bytes >= most_bytes) end
local function take(entry, deliveries)
  claimed[#claimed + 1] = answer(entry[1], deliveries, entry[2])
  bytes = bytes + entry[2][12]
end
for _, held in ipairs(run_out(key, most)) do
  if full() then break end
  local entry = redis.call('XCLAIM', key, GROUP, consumer, 0, held[1], 'IDLE', idle)[1]
  if entry then take(entry, held[4] + 1) end
end
while not full() do
  local read = redis.call('XREADGROUP', 'GROUP', GROUP, consumer, 'COUNT', 1, 'STREAMS', key, '>')
  if not read then break end
  local entry = read[1][2][1]
  redis.call('XCLAIM', key, GROUP, consumer, 0, entry[1], 'IDLE', idle, 'JUSTID')
  take(entry, 1)
end
return claimed`)

/**
 * consumer, claim in ms, batches… → what was claimed. What nobody has read yet is first handed to nobody: the server
 * would else hand it out again, whoever claimed it.
 */
export const CLAIM_THESE = script(`${REQUIRED}
local consumer, idle = ARGV[2], RUN_OUT - ARGV[3]
local claimed = {}
for i = 4, #ARGV do
  local batch = found(ARGV[i])
  if batch then
    while not pending(batch.key, batch.id) do
      local read = redis.call('XREADGROUP', 'GROUP', GROUP, FREE, 'COUNT', 100, 'STREAMS', batch.key, '>')
      if not read then break end
      for _, entry in ipairs(read[1][2]) do
        redis.call('XCLAIM', batch.key, GROUP, FREE, 0, entry[1], 'IDLE', RUN_OUT, 'RETRYCOUNT', 0, 'JUSTID')
      end
    end
    local held = pending(batch.key, batch.id)
    local entry = held and redis.call('XCLAIM', batch.key, GROUP, consumer, 0, batch.id, 'IDLE', idle)[1]
    if entry then
      local line = answer(entry[1], held[4] + 1, entry[2])
      line[#line + 1] = batch.signal
      claimed[#claimed + 1] = line
    end
  end
end
return claimed`)

/** consumer, claim in ms, batches… → those that the consumer holds. */
export const EXTEND = script(`${REQUIRED}
local consumer, idle, renewed = ARGV[2], RUN_OUT - ARGV[3], {}
for i = 4, #ARGV do
  local batch = found(ARGV[i])
  local held = batch and pending(batch.key, batch.id)
  if held and held[2] == consumer then
    redis.call('XCLAIM', batch.key, GROUP, consumer, 0, batch.id, 'IDLE', idle, 'JUSTID')
    renewed[#renewed + 1] = ARGV[i]
  end
end
return renewed`)

/** consumer, batches… → signals of which something can be claimed again. */
export const RELEASE = script(`${REQUIRED}
local signals = {}
for i = 3, #ARGV do
  local batch = found(ARGV[i])
  local held = batch and pending(batch.key, batch.id)
  if held and held[2] == ARGV[2] then
    free(batch.key, batch.id)
    signals[#signals + 1] = batch.signal
  end
end
return signals`)

/** signals… → nothing; voids every claim. */
export const RELEASE_ALL = script(`${REQUIRED}
for i = 2, #ARGV do
  local key, from = stream(ARGV[i]), '-'
  while redis.call('EXISTS', key) == 1 do
    local held = redis.call('XPENDING', key, GROUP, from, '+', 1000)
    for _, entry in ipairs(held) do free(key, entry[1]) end
    if #held < 1000 then break end
    from = '(' .. held[#held][1]
  end
end`)

/** batches… → how many went. */
export const ACKNOWLEDGE = script(`${REQUIRED}
local gone = 0
for i = 2, #ARGV do
  local batch = found(ARGV[i])
  if batch then
    redis.call('XACK', batch.key, GROUP, batch.id)
    redis.call('XDEL', batch.key, batch.id)
    redis.call('HDEL', base .. ':batches', ARGV[i])
    redis.call('ZREM', base .. ':order', batch.signal .. '\\0' .. batch.org .. '\\0' .. batch.at .. '\\0' .. ARGV[i])
    redis.call('HINCRBY', base .. ':state', 'bytes', -batch.bytes)
    redis.call('DEL', base .. ':body:' .. ARGV[i])
    gone = gone + 1
  end
end
return gone`)

/** batch → its entry and signal, or nothing. */
export const ENTRY = script(`${REQUIRED}
local batch = found(ARGV[2])
local entry = batch and redis.call('XRANGE', batch.key, batch.id, batch.id)[1]
if not entry then return {} end
local line = answer(entry[1], 0, entry[2])
line[#line + 1] = batch.signal
return line`)

/** → the time in ms, then signal, org and stamp of each oldest batch: one look into the order for each. */
export const WATERMARKS = script(`${REQUIRED}
local reading, from = { string.sub(string.format('%.0f', stamp(0)), 1, -4) }, '-'
while true do
  local member = redis.call('ZRANGEBYLEX', base .. ':order', from, '+', 'LIMIT', 0, 1)[1]
  if not member then return reading end
  local signal, org, at = string.match(member, '^([^%z]*)%z([^%z]*)%z(%d+)')
  reading[#reading + 1] = signal
  reading[#reading + 1] = org
  reading[#reading + 1] = string.sub(at, 1, -4)
  from = '(' .. signal .. '\\0' .. org .. '\\1'
end`)

/** signals… → batches, bytes, the time in ms and the stamp of the oldest in ms (empty when there is none). */
export const DEPTH = script(`${REQUIRED}
local oldest = nil
for i = 2, #ARGV do
  local first = redis.call('XRANGE', stream(ARGV[i]), '-', '+', 'COUNT', 1)[1]
  local at = first and tonumber(string.match(first[1], '^(%d+)'))
  if at and (not oldest or at < oldest) then oldest = at end
end
local time = redis.call('TIME')
return { redis.call('ZCARD', base .. ':order'), tonumber(redis.call('HGET', base .. ':state', 'bytes') or 0),
  string.format('%.0f', time[1] * 1000 + math.floor(time[2] / 1000)),
  oldest and string.format('%.0f', math.floor(oldest / 1000)) or '' }`)

/** idle in ms, signals… → forgets consumers that hold nothing and were not heard of for so long. */
export const SWEEP = script(`${REQUIRED}
for i = 3, #ARGV do
  local key = stream(ARGV[i])
  if redis.call('EXISTS', key) == 1 then
    for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', key, GROUP)) do
      local facts = {}
      for n = 1, #consumer, 2 do facts[consumer[n]] = consumer[n + 1] end
      if facts.pending == 0 and facts.idle > tonumber(ARGV[2]) then
        redis.call('XGROUP', 'DELCONSUMER', key, GROUP, facts.name)
      end
    end
  end
end`)
