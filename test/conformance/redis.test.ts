import { describe } from 'vitest'
import { createRedisFanOut } from '../../queue/redis/fan-out.js'
import { freshPrefix, redisLegs, useRedis } from '../harness/redis.js'
import { useStores } from '../harness/stores.js'
import { fanOutConformance } from './fan-out.js'
import { intakeConformance } from './intake.js'
import { redisIntake } from './intake-redis.js'
import { limiterConformance } from './limiter.js'
import { quietLog } from './quiet-log.js'
import { useRedisLimiters } from './redis-limiters.js'

describe.skipIf(!redisLegs.single)('one server', () => {
  const stores = useStores()
  const redis = useRedis()

  intakeConformance('Redis, two processes,', () => redisIntake(redis.url, stores, 2))
  intakeConformance('Redis, one process,', () => redisIntake(redis.url, stores, 1))
  limiterConformance('Redis', useRedisLimiters(redis))
  fanOutConformance('Redis', () => {
    const deps = { url: redis.url, log: quietLog(), prefix: freshPrefix() }
    return { here: createRedisFanOut(deps), there: createRedisFanOut(deps) }
  })
})
