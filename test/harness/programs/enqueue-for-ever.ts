/**
 * Enqueues batches 0, 1, 2, … for ever, several at once, and tells each on stdout as a line of JSON once it is accepted.
 * A test may kill it at any time.
 *
 * node enqueue-for-ever.js DATABASE_URL|REDIS_URL
 */
import { createPostgresIntake } from '../../../queue/postgres/intake.js'
import { createRedisIntake } from '../../../queue/redis/intake.js'
import { numberedBatch } from '../../conformance/intake-numbered.js'
import { quietLog } from '../../conformance/quiet-log.js'

const AT_ONCE = 8

const url = process.argv[2] ?? ''
const deps = { seal: (bytes: Uint8Array) => bytes, log: quietLog() }
const deadLetters = { keep: async () => undefined, close: async () => undefined }
const intake = url.startsWith('redis:')
  ? createRedisIntake({ url, deadLetters, ...deps })
  : createPostgresIntake({ connectionString: url, ...deps })
let next = 0
async function enqueueForEver(): Promise<never> {
  for (;;) {
    const number = next++
    const batch = numberedBatch(number)
    const { outcome } = await intake.enqueue(batch)
    process.stdout.write(`${JSON.stringify({ accepted: number, batchId: batch.batchId, outcome })}\n`)
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, enqueueForEver))
