import { Worker } from 'node:worker_threads'
import { PromqlError } from '../../query/promql/index.js'
import { QueryBoundError, QueryCancelledError } from '../../schema/domain/query-bounds.js'
import type { Log } from '../../schema/ports/clock.js'
import { evaluateTask } from './evaluate-task.js'
import { buffersOf } from './packed-series.js'
import type { Evaluated, EvaluationAnswer, EvaluationTask } from './task.js'

/** Evaluates queries off the main thread: the engine runs a query through without a pause. */
export interface EvaluationPool {
  /**
   * Evaluates a task whose samples become the worker's. Orgs take turns: what waits longest of the org with the fewest
   * running tasks is next.
   *
   * @param signal Ends the task when it aborts, the worker with it; rejects with its reason.
   * @throws PromqlError, QueryBoundError, QueryCancelledError when the pool closes.
   */
  run(orgId: string, task: EvaluationTask, signal: AbortSignal): Promise<Evaluated>
  /** Ends the workers and what they do. */
  close(): Promise<void>
}

/** A worker that needs more heap than this is ended, and its query fails, instead of the process. Columns are outside of it. */
const WORKER_HEAP_MB = 1_024

interface Job {
  readonly orgId: string
  readonly task: EvaluationTask
  resolve(evaluated: Evaluated): void
  reject(error: unknown): void
}

interface Hand {
  readonly worker: Worker
  job: Job | null
}

/**
 * A pool of worker threads, started when they are first needed and again when one was ended.
 *
 * @param options.workers How many; 0 evaluates in the calling thread, where nothing can end a query.
 * @param options.file The compiled worker.js.
 */
export function createEvaluationPool(options: {
  readonly workers: number
  readonly file: string
  readonly log: Log
}): EvaluationPool {
  const { workers, file, log } = options
  const hands = new Set<Hand>()
  const waiting: Job[] = []
  let closed = false

  if (workers === 0)
    return { run: async (_orgId, task) => evaluatedOf(await evaluateTask(task)), close: async () => undefined }

  const assign = () => {
    while (!closed && waiting.length > 0) {
      const hand = [...hands].find(({ job }) => job === null) ?? (hands.size < workers ? hire() : null)
      if (hand === null) return
      const job = takeNext(waiting, hands)
      hand.job = job
      hand.worker.postMessage(
        job.task,
        [
          ...job.task.selections.flatMap(({ series }) => buffersOf(series)),
          ...(job.task.rolled ?? []).map(({ series }) => series.rows.buffer),
        ].filter((each) => each instanceof ArrayBuffer),
      )
    }
  }

  const hire = (): Hand => {
    const worker = new Worker(file, { resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } })
    const hand: Hand = { worker, job: null }
    hands.add(hand)
    worker.unref()
    worker.on('message', (answer: EvaluationAnswer) => {
      const job = hand.job
      hand.job = null
      if (job !== null) settle(job, answer)
      assign()
    })
    worker.on('error', (error: Error & { readonly code?: string }) => {
      const job = hand.job
      hand.job = null
      const outgrown = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      if (!outgrown) log.error({ err: error }, 'a query worker failed')
      job?.reject(outgrown ? tooLarge() : new Error(`A query worker failed: ${error.message}`))
    })
    worker.on('exit', () => {
      hands.delete(hand)
      hand.job?.reject(new Error('A query worker ended before it answered.'))
      assign()
    })
    return hand
  }

  /** Ends a job wherever it is: in the queue, or with the thread that is at it. */
  const end = (job: Job, reason: unknown) => {
    const place = waiting.indexOf(job)
    if (place >= 0) waiting.splice(place, 1)
    const hand = [...hands].find((one) => one.job === job)
    if (hand !== undefined) {
      hand.job = null
      hands.delete(hand)
      hand.worker.terminate().then(assign, (error: unknown) => log.error({ err: error }, 'a query worker did not end'))
    }
    job.reject(reason)
  }

  return {
    run(orgId, task, signal) {
      if (closed) return Promise.reject(new QueryCancelledError())
      if (signal.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        const leave = () => end(job, signal.reason)
        const settled = () => signal.removeEventListener('abort', leave)
        const job: Job = {
          orgId,
          task,
          resolve(evaluated) {
            settled()
            resolve(evaluated)
          },
          reject(error) {
            settled()
            reject(error)
          },
        }
        signal.addEventListener('abort', leave, { once: true })
        waiting.push(job)
        assign()
      })
    },
    async close() {
      closed = true
      const ended = [...hands].map(({ worker }) => worker.terminate())
      for (const job of [...waiting.splice(0), ...[...hands].flatMap((hand) => hand.job ?? [])])
        job.reject(new QueryCancelledError())
      for (const hand of hands) hand.job = null
      await Promise.all(ended)
    },
  }
}

/** Takes the job that is next: the first of an org that has the fewest running. */
function takeNext(waiting: Job[], hands: ReadonlySet<Hand>): Job {
  const running = (orgId: string) => [...hands].filter(({ job }) => job?.orgId === orgId).length
  const next = waiting.reduce((best, job) => (running(job.orgId) < running(best.orgId) ? job : best))
  waiting.splice(waiting.indexOf(next), 1)
  return next
}

function settle(job: Job, answer: EvaluationAnswer): void {
  try {
    job.resolve(evaluatedOf(answer))
  } catch (error) {
    job.reject(error)
  }
}

/** The result, or the error in its own class again. */
function evaluatedOf(answer: EvaluationAnswer): Evaluated {
  switch (answer.outcome) {
    case 'done':
      return answer.evaluated
    case 'query':
      throw new PromqlError(answer.message, answer.line, answer.column, answer.found, answer.expected, answer.sentence)
    case 'bound':
      throw new QueryBoundError(answer.bound, answer.message)
    case 'failed':
      throw new Error(`A query failed: ${answer.message}`)
  }
}

function tooLarge(): QueryBoundError {
  return new QueryBoundError(
    'memory',
    `The query takes more than ${WORKER_HEAP_MB} MiB of memory; expected fewer series, a shorter range or a longer step.`,
  )
}
