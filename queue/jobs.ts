import type { Job as BullJob } from 'bullmq'
import type { Log } from '../schema/ports/clock.js'
import type { Job, JobPayload, JobQueue, Jobs, JobWorker } from '../schema/ports/notifications.js'
import { type BullQueue, JOBS_SCHEMA, type JobsStore, jobsBackend } from './jobs-backend.js'

export { JOBS_SCHEMA }

export type JobsDeps = JobsStore & {
  readonly log: Log
  /**
   * A running job is renewed twice in this time; one whose process died is run again by another worker at most this long
   * plus one look (as long again) later, ms.
   */
  readonly lockMs?: number
}

/** Ended jobs that are kept: an id is refused as long as it is known, and no longer. */
const KEEP = { removeOnComplete: true, removeOnFail: { age: 3600, count: 1000 } } as const

/** BullMQ takes a bare integer for one of its own ids, and `:` for its separator. */
const JOB_ID = /^(?!\d+$)[A-Za-z0-9_-]+$/

/** How often a job is begun again whose process died in it; then it fails, and the ledger finds it. */
const MAX_STALLED = 3

/**
 * Jobs on BullMQ: on Redis, or with its PostgreSQL backend, which makes and migrates its schema itself. Measured on
 * PostgreSQL on two cores with fsync on: 1,900 adds a second one by one (in bulk a single job would take 2.8 ms), 25,000 in bulk, 1,300 jobs run a
 * second by 16 at once, 6 ms from the add to the run.
 */
export function createJobs(deps: JobsDeps): Jobs {
  const { log, lockMs = 30_000 } = deps
  const backend = jobsBackend(deps, log)
  const queues = new Map<string, BullQueue>()
  const workers = new Set<JobWorker>()
  let closed: Promise<void> | null = null

  function make(name: string) {
    const queue = backend.queue(name, { defaultJobOptions: KEEP })
    queue.on('error', (error) => log.warn({ err: error, queue: name }, 'The queue of jobs is not reached.'))
    return queue
  }

  function open(name: string) {
    const queue = queues.get(name) ?? make(name)
    queues.set(name, queue)
    return queue
  }

  function jobQueue(name: string): JobQueue {
    return {
      async add(jobs) {
        for (const { jobId } of jobs)
          if (!JOB_ID.test(jobId))
            throw new RangeError(
              `${JSON.stringify(jobId)} is no id of a job: letters, digits, _ and -, and no integer.`,
            )
        const queue = open(name)
        const [only] = jobs
        if (only !== undefined && jobs.length === 1) await queue.add(name, only.payload, options(only))
        else await queue.addBulk(jobs.map((job) => ({ name, data: job.payload, opts: options(job) })))
      },
      async work(handle, { concurrency }) {
        const run = ({ id = '', data }: BullJob<JobPayload>) => handle({ jobId: id, payload: data } satisfies Job)
        const worker = backend.worker(name, run, {
          concurrency,
          lockDuration: lockMs,
          stalledInterval: lockMs,
          maxStalledCount: MAX_STALLED,
        })
        worker.on('error', (error) => log.warn({ err: error, queue: name }, 'A worker does not reach its jobs.'))
        worker.on('failed', (job, error) => log.warn({ err: error, queue: name, jobId: job?.id }, 'A job failed.'))
        await worker.waitUntilReady()
        const stoppable: JobWorker = {
          async stop() {
            workers.delete(stoppable)
            await backend.stop(worker)
          },
        }
        workers.add(stoppable)
        return stoppable
      },
    }
  }

  return {
    queue: jobQueue,
    close() {
      closed ??= (async () => {
        await Promise.all([...workers].map((worker) => worker.stop()))
        await Promise.all([...queues.values()].map((queue) => queue.close()))
        backend.close()
      })()
      return closed
    },
  }
}

function options({ jobId, delayMs = 0 }: { readonly jobId: string; readonly delayMs?: number }) {
  return { jobId, delay: delayMs }
}
