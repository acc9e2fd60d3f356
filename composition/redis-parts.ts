import { createPostgresDeadLetters } from '../queue/postgres/dead-letters.js'
import { openRedis } from '../queue/redis/connections.js'
import { createRedisFanOut } from '../queue/redis/fan-out.js'
import { createRedisIntake, type RedisIntakeDeps } from '../queue/redis/intake.js'
import { createRedisLimiter, LIMIT_TIMEOUT_MS } from '../queue/redis/limiter.js'
import type { Log } from '../schema/ports.js'
import type { Stops } from './stops.js'

/** Adapters on the Redis that REDIS_URL names. What they share with nobody is handed to `stops`. */
export function redisParts(deps: {
  readonly url: string
  readonly ca: string | undefined
  /** Dead letters stand in the control database. */
  readonly controlUrl: string
  readonly log: Log
  readonly stops: Stops
}) {
  const { url, ca, controlUrl, log, stops } = deps
  return {
    fanOut: () => createRedisFanOut({ url, log, ca }),
    limiter() {
      const client = openRedis({ url, log, ca }, { name: 'limits', commandTimeoutMs: LIMIT_TIMEOUT_MS })
      stops.add('connection for limits', async () => client.disconnect())
      return createRedisLimiter({ client })
    },
    intake(intakeDeps: Pick<RedisIntakeDeps, 'seal' | 'log' | 'fanOut'>) {
      const deadLetters = createPostgresDeadLetters({ connectionString: controlUrl, log })
      stops.add('dead letters', () => deadLetters.close())
      return createRedisIntake({ url, ca, deadLetters, ...intakeDeps })
    },
  }
}
