import { afterAll, beforeAll } from 'vitest'
import { openRedis, type RedisClient } from '../../queue/redis/connections.js'
import { createRedisLimiter } from '../../queue/redis/limiter.js'
import type { Clock } from '../../schema/ports/clock.js'
import type { RateLimiter } from '../../schema/ports/limits.js'
import { freshPrefix } from '../harness/redis.js'
import { quietLog } from './quiet-log.js'

/** Limiters on one client, each counting anew. */
export function useRedisLimiters(redis: { readonly url: string }): (clock: Clock) => RateLimiter {
  let client: RedisClient | null = null
  beforeAll(() => {
    client = openRedis({ url: redis.url, log: quietLog() }, { name: 'limits', commandTimeoutMs: 5000 })
  })
  afterAll(() => client?.disconnect())
  return (clock) => {
    if (client === null) throw new Error('Limiters are made while a test runs, and not before.')
    return createRedisLimiter({ client, clock, prefix: freshPrefix() })
  }
}
