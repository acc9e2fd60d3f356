import { createPostgresDeadLetters } from '../../queue/postgres/dead-letters.js'
import { createRedisFanOut } from '../../queue/redis/fan-out.js'
import { createRedisIntake } from '../../queue/redis/intake.js'
import { forgetKeys, freshPrefix } from '../harness/redis.js'
import type { TestDatabase } from '../harness/stores.js'
import type { IntakeSubject } from './intake-subject.js'
import { lettersOf, seal } from './kept-letters.js'
import { quietLog } from './quiet-log.js'

/** An intake on a Redis, as one or two processes see it, with its dead letters in a database. */
export async function redisIntake(
  url: string,
  { pool, url: connectionString }: Pick<TestDatabase, 'pool' | 'url'>,
  processes: 1 | 2,
): Promise<IntakeSubject> {
  await pool.query('TRUNCATE engine.dead_letter')
  const log = quietLog()
  const prefix = freshPrefix()
  const deadLetters = createPostgresDeadLetters({ connectionString, log })
  const deps = { url, prefix, seal, deadLetters, log }
  // One process alone needs nobody to tell.
  const fanOuts = processes === 1 ? [] : [createRedisFanOut(deps), createRedisFanOut(deps)]
  const [here, there] = fanOuts
  const intake = createRedisIntake({ ...deps, ...(here ? { fanOut: here } : {}) })
  const other = there ? createRedisIntake({ ...deps, fanOut: there }) : intake
  return {
    intake,
    other,
    sweepsNothing: true,
    deadLetters: () => lettersOf(pool),
    async close() {
      await Promise.all([intake.close(), other.close()])
      await Promise.all(fanOuts.map((fanOut) => fanOut.close()))
      await deadLetters.close()
      await forgetKeys(url, prefix)
    },
  }
}
