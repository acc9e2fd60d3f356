import { afterAll, describe, expect, it, onTestFinished } from 'vitest'
import { jobsConformance } from '../test/conformance/jobs.js'
import { quietLog } from '../test/conformance/quiet-log.js'
import { forgetKeys, freshPrefix, redisLegs, useRedis, useRedisCluster } from '../test/harness/redis.js'
import { useStores } from '../test/harness/stores.js'
import { createJobs, JOBS_SCHEMA } from './jobs.js'

const stores = useStores()

function open() {
  const jobs = createJobs({ connectionString: stores.url, log: quietLog() })
  onTestFinished(() => jobs.close())
  return jobs
}

it('PostgreSQL: makes its schema itself, however many begin at once, and keeps out of others', async () => {
  await stores.pool.query(`DROP SCHEMA IF EXISTS ${JOBS_SCHEMA} CASCADE`)
  await Promise.all(
    [0, 1, 2].map((i) =>
      open()
        .queue('first')
        .add([{ jobId: `out_${i}_1`, payload: { i } }]),
    ),
  )
  const { rows } = await stores.pool.query(
    `SELECT DISTINCT table_schema FROM information_schema.tables WHERE table_name LIKE '%job%'`,
  )
  expect(rows).toEqual([{ table_schema: JOBS_SCHEMA }])
  const done = new Set<string>()
  await new Promise<void>((resolve, reject) => {
    const take = async ({ jobId }: { readonly jobId: string }) => {
      if (done.add(jobId).size === 3) resolve()
    }
    open().queue('first').work(take, { concurrency: 1 }).catch(reject)
  })
  expect([...done].sort()).toEqual(['out_0_1', 'out_1_1', 'out_2_1'])
})

jobsConformance('PostgreSQL', () => ({ connectionString: stores.url }))

describe.skipIf(!redisLegs.single)('on one Redis', () => {
  const redis = useRedis()
  const prefix = freshPrefix()
  jobsConformance('Redis', () => ({ redisUrl: redis.url, prefix }))
  afterAll(() => forgetKeys(redis.url, prefix))
})

describe.skipIf(!redisLegs.own)('on a Redis Cluster', () => {
  const redis = useRedisCluster()
  const prefix = freshPrefix()
  jobsConformance('Redis Cluster', () => ({ redisUrl: redis.url, prefix }))
})
