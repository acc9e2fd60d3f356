/**
 * Takes jobs of the queue `killed`, tells each on stdout as a line of JSON, and finishes none. A test kills it.
 *
 * node work-for-ever.js DATABASE_URL LOCK_MS
 * node work-for-ever.js REDIS_URL LOCK_MS PREFIX
 */
import { createJobs } from '../../../queue/jobs.js'
import { quietLog } from '../../conformance/quiet-log.js'

const [url = '', lockMs, prefix] = process.argv.slice(2)
const store = prefix === undefined ? { connectionString: url } : { redisUrl: url, prefix }
const jobs = createJobs({ ...store, log: quietLog(), lockMs: Number(lockMs) })
await jobs.queue('killed').work(
  async (job) => {
    process.stdout.write(`${JSON.stringify({ began: job.jobId })}\n`)
    await new Promise(() => {})
  },
  { concurrency: 2 },
)
