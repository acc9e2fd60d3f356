import type { Job, JobPayload, JobQueue, Jobs } from '../../schema/ports/notifications.js'

/** Jobs in memory, run by hand at scripted times. Ids are remembered for good, as a queue that retains them does. */
export interface ScriptedJobs extends Jobs {
  /** Runs what is due, and what that makes due, until nothing is. Returns how many jobs ran. */
  runDue(): Promise<number>
  /** When the next job is due, Unix ms; null when none waits. */
  nextAt(): number | null
  /** Loses every job, as a queue does whose store was wiped. */
  lose(): void
  /** Makes every further `add` fail, or no more. */
  refuse(away: boolean): void
  /** Payloads of all jobs ever added. */
  readonly payloads: readonly JobPayload[]
  /** Errors that handlers threw. */
  readonly errors: readonly unknown[]
}

interface Waiting extends Job {
  readonly queue: string
  readonly runAt: number
}

export function createScriptedJobs(clock: { now(): number }): ScriptedJobs {
  const known = new Set<string>()
  const payloads: JobPayload[] = []
  const errors: unknown[] = []
  const handlers = new Map<string, (job: Job) => Promise<void>>()
  let waiting: Waiting[] = []
  let refusing = false

  const queue = (name: string): JobQueue => ({
    async add(jobs) {
      if (refusing) throw new Error('the queue is away')
      for (const { jobId, payload, delayMs = 0 } of jobs) {
        if (!/^(?!\d+$)[A-Za-z0-9_-]+$/.test(jobId)) throw new RangeError(`${jobId} is no id of a job`)
        if (known.has(`${name} ${jobId}`)) continue
        known.add(`${name} ${jobId}`)
        payloads.push(payload)
        waiting.push({ queue: name, jobId, payload, runAt: clock.now() + delayMs })
      }
    },
    async work(handle) {
      handlers.set(name, handle)
      return { stop: async () => void handlers.delete(name) }
    },
  })

  return {
    queue,
    close: async () => undefined,
    async runDue() {
      let ran = 0
      for (;;) {
        const due = waiting.filter((job) => job.runAt <= clock.now() && handlers.has(job.queue))
        if (due.length === 0) return ran
        waiting = waiting.filter((job) => !due.includes(job))
        ran += due.length
        await Promise.all(
          due.map((job) =>
            handlers
              .get(job.queue)?.(job)
              .catch((error) => errors.push(error)),
          ),
        )
      }
    },
    nextAt: () => (waiting.length === 0 ? null : Math.min(...waiting.map((job) => job.runAt))),
    lose() {
      waiting = []
    },
    refuse(away) {
      refusing = away
    },
    payloads,
    errors,
  }
}
