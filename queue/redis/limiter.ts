import type { Clock } from '../../schema/ports/clock.js'
import type { RateLimiter } from '../../schema/ports/limits.js'
import type { RedisClient } from './connections.js'
import { runScript, script } from './script.js'

/** A question that is not answered by then fails, ms: the caller decides by itself what holds meanwhile. */
export const LIMIT_TIMEOUT_MS = 250

export interface RedisLimiterDeps {
  /** Stays open at `close`. */
  readonly client: RedisClient
  /** What every key begins with. */
  readonly prefix?: string
  /** For tests, which script the time; left out, the server's. */
  readonly clock?: Clock
}

/**
 * points, limit, window in ms, now in ms or empty → allowed, remaining, until the window ends. A clock that is set back
 * keeps its window: a new one would give the key its points again.
 */
const CONSUME = script(`
local points, limit, window, now = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local start, taken = now - now % window, 0
local known = redis.call('HMGET', KEYS[1], 'start', 'taken')
if known[1] and tonumber(known[1]) >= start then start, taken = tonumber(known[1]), tonumber(known[2]) end
local allowed = taken + points <= limit
local left = start + window - now
if allowed then
  taken = taken + points
  redis.call('HSET', KEYS[1], 'start', string.format('%.0f', start), 'taken', taken)
  redis.call('PEXPIRE', KEYS[1], math.ceil(left + math.min(window, 60000)))
end
return { allowed and 1 or 0, math.max(0, limit - taken), left }`)

/**
 * Fixed windows on whole multiples of their length, counted for all processes by the server's clock. Rejects when Redis
 * does not answer.
 */
export function createRedisLimiter({ client, prefix = 'tocsin:', clock }: RedisLimiterDeps): RateLimiter {
  return {
    async consume(key, points, limit) {
      const name = `${prefix}limit:${limit.windowMs}:${key}`
      const args = [points, limit.points, limit.windowMs, clock === undefined ? '' : clock.now()]
      const answer = (await runScript(client, CONSUME, name, args)) as [number, number, number]
      return { allowed: answer[0] === 1, remaining: answer[1], resetMs: answer[2] }
    },
    async close() {},
  }
}
