import { setTimeout as sleep } from 'node:timers/promises'
import { type Job as BullJob, createPostgresBackend, type JobsOptions, Queue, Worker } from 'bullmq'
import type { Log } from '../schema/ports/clock.js'
import type { JobPayload } from '../schema/ports/notifications.js'
import { endClient, openRedis, type RedisClient } from './redis/connections.js'

/** The jobs' own schema on PostgreSQL, which BullMQ makes and migrates. */
export const JOBS_SCHEMA = 'tocsin_jobs'

export interface PostgresJobsStore {
  readonly connectionString: string
  readonly schema?: string
}

export interface RedisJobsStore {
  /** As the setting names it: a server, or nodes of a cluster. */
  readonly redisUrl: string
  /** See `RedisTarget`. */
  readonly ca?: string | undefined
  /** What every key begins with. */
  readonly prefix?: string
}

/** Where jobs are kept. */
export type JobsStore = PostgresJobsStore | RedisJobsStore

/** As much of a BullMQ queue as is used. */
export interface BullQueue {
  on(event: 'error', heard: (error: Error) => void): unknown
  add(name: string, data: JobPayload, options: JobsOptions): Promise<unknown>
  addBulk(jobs: { name: string; data: JobPayload; opts: JobsOptions }[]): Promise<unknown>
  close(): Promise<void>
}

export interface BullWorker {
  on(event: 'error', heard: (error: Error) => void): unknown
  on(event: 'failed', heard: (job: { id?: string | undefined } | undefined, error: Error) => void): unknown
  waitUntilReady(): Promise<unknown>
  close(): Promise<void>
  disconnect(): Promise<void>
}

export interface QueueSettings {
  readonly defaultJobOptions: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail'>
}

export interface WorkerSettings {
  readonly concurrency: number
  readonly lockDuration: number
  readonly stalledInterval: number
  readonly maxStalledCount: number
}

/** Makes queues and workers of one store. `close` ends what they share, after they are closed. */
export interface JobsBackend {
  queue(name: string, settings: QueueSettings): BullQueue
  worker(name: string, run: (job: BullJob<JobPayload>) => Promise<void>, settings: WorkerSettings): BullWorker
  /** Takes no more jobs, and resolves when those in hand have ended. */
  stop(worker: BullWorker): Promise<void>
  close(): void
}

export function jobsBackend(store: JobsStore, log: Log): JobsBackend {
  return 'redisUrl' in store ? onRedis(store, log) : onPostgres(store)
}

/** Every queue and worker has a pool of its own: BullMQ shares none of which it knows the schema. */
const CONNECTIONS = 3

function onPostgres({ connectionString, schema = JOBS_SCHEMA }: PostgresJobsStore): JobsBackend {
  const connection = { connectionString, schema, migrate: true, max: CONNECTIONS, connectionTimeoutMillis: 5000 }
  return {
    queue: (name, settings) => new Queue(name, { connection, ...settings }, createPostgresBackend),
    worker: (name, run, settings) => new Worker(name, run, { connection, ...settings }, createPostgresBackend),
    stop: (worker) => worker.close(),
    close() {},
  }
}

const ADD_TIMEOUT_MS = 5000

/** An orderly close takes some ms once no job is in hand; on a cluster BullMQ's now and then waits for ever. */
const CLOSE_PATIENCE_MS = 1500

/** Resolves once no job was in hand for the patience. */
async function overdue(jobs: ReadonlySet<string>): Promise<void> {
  for (let quiet = 0; quiet < CLOSE_PATIENCE_MS; quiet = jobs.size === 0 ? quiet + 100 : 0)
    await sleep(100, undefined, { ref: false })
}

function onRedis({ redisUrl: url, ca, prefix = 'tocsin:' }: RedisJobsStore, log: Log): JobsBackend {
  let adding: RedisClient | null = null
  /** Adds fail when Redis is away; workers wait for it, as BullMQ asks of them. */
  function adder(): RedisClient {
    adding ??= openRedis({ url, log, ca }, { name: 'jobs', commandTimeoutMs: ADD_TIMEOUT_MS })
    return adding
  }
  const inHand = new WeakMap<BullWorker, { readonly jobs: ReadonlySet<string>; readonly client: RedisClient }>()
  // A hash tag of its own: the keys of a queue stand on one node of a cluster.
  const keys = (name: string) => `${prefix}{jobs:${name}}`
  return {
    queue: (name, settings) => new Queue(name, { connection: adder(), prefix: keys(name), ...settings }),
    worker(name, run, settings) {
      const client = openRedis({ url, log, ca }, { name: 'worker', commandTimeoutMs: null })
      const worker = new Worker(name, run, { connection: client, prefix: keys(name), ...settings })
      const jobs = new Set<string>()
      worker.on('active', ({ id = '' }) => jobs.add(id))
      worker.on('completed', ({ id = '' }) => jobs.delete(id))
      worker.on('failed', (job) => jobs.delete(job?.id ?? ''))
      inHand.set(worker, { jobs, client })
      return worker
    },
    async stop(worker) {
      const held = inHand.get(worker)
      const closing = worker.close().then(() => true)
      if (!(await Promise.race([closing, overdue(held?.jobs ?? new Set()).then(() => false)])))
        void worker.disconnect().catch((error) => log.debug({ err: error }, 'A worker did not close in order.'))
      if (held) endClient(held.client)
    },
    close() {
      if (adding) endClient(adding)
    },
  }
}
