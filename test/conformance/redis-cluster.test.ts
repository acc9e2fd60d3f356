import { describe } from 'vitest'
import { createRedisFanOut } from '../../queue/redis/fan-out.js'
import { freshPrefix, redisLegs, useRedisCluster } from '../harness/redis.js'
import { useStores } from '../harness/stores.js'
import { fanOutConformance } from './fan-out.js'
import { intakeConformance } from './intake.js'
import { redisIntake } from './intake-redis.js'
import { limiterConformance } from './limiter.js'
import { quietLog } from './quiet-log.js'
import { useRedisLimiters } from './redis-limiters.js'

describe.skipIf(!redisLegs.own)('three servers', () => {
  const stores = useStores()
  const redis = useRedisCluster()

  intakeConformance('Redis Cluster, two processes,', () => redisIntake(redis.url, stores, 2))
  intakeConformance('Redis Cluster, one process,', () => redisIntake(redis.url, stores, 1))
  limiterConformance('Redis Cluster', useRedisLimiters(redis))
  fanOutConformance('Redis Cluster', () => {
    const deps = { url: redis.url, log: quietLog(), prefix: freshPrefix() }
    return { here: createRedisFanOut(deps), there: createRedisFanOut(deps) }
  })
})
