import { Worker } from 'node:worker_threads'
import { DEFAULT_SCRUB_POLICY, type ScrubPolicy } from '../../schema/domain/scrub.js'
import type { Signal } from '../../schema/domain/signal.js'
import type { Log } from '../../schema/ports/clock.js'
import { BARE_SETTINGS, createContexts, type EnrichSettings } from '../enrich/index.js'
import type { ParsedBatch } from './batch.js'
import { PoisonBatchError } from './issues.js'
import type { MetricColumns } from './metric-samples.js'
import { FlushTooLargeError, type Rows } from './rows.js'
import { PARSERS, type ParseAnswer, type ParseTask, type RowSignal, underPolicies } from './worker-messages.js'

/** Makes rows off the main thread. */
export interface ParsePool {
  /**
   * What `toLogRows`, `toSpanRows` or `toRumRows` makes of the batches. Their bodies stay the caller's: they are copied,
   * at 0.04 µs a log.
   *
   * @throws PoisonBatchError naming the batch that cannot be read.
   * @throws FlushTooLargeError when they make more rows than one flush holds.
   * @throws ParseFailedError when the worker failed for another reason; the same may succeed later.
   */
  rows(signal: RowSignal, batches: readonly ParsedBatch[]): Promise<Rows>
  /** What `toMetricColumns` makes of the batches; throws the same. */
  samples(batches: readonly ParsedBatch[]): Promise<MetricColumns>
  /** Ends the workers. Tasks that were not answered fail. */
  close(): Promise<void>
}

/** A worker ended before it answered, or could not be started. */
export class ParseFailedError extends Error {
  override readonly name = 'ParseFailedError'
}

/** A worker that needs more heap than this is ended, and its task fails, instead of the process. */
const WORKER_HEAP_MB = 512

interface Task {
  readonly signal: Signal
  readonly batches: readonly ParsedBatch[]
  resolve(answer: Extract<ParseAnswer, { outcome: 'rows' | 'samples' }>): void
  reject(error: Error): void
}

interface Hand {
  readonly worker: Worker
  task: Task | null
}

/**
 * A pool of worker threads, started when they are first needed and again when one has died.
 *
 * @param options.workers How many; 0 makes rows in the calling thread.
 * @param options.file The compiled worker.js.
 * @param options.enrich Databases and the key of hashes; left out, nothing is located.
 * @param options.policyOf How an organisation's telemetry is scrubbed; left out, by the default policy.
 */
export function createParsePool(options: {
  readonly workers: number
  readonly file: string
  readonly log: Log
  readonly enrich?: EnrichSettings
  readonly policyOf?: (orgId: string) => ScrubPolicy
}): ParsePool {
  const { workers, file, log, enrich = BARE_SETTINGS, policyOf = () => DEFAULT_SCRUB_POLICY } = options
  const policiesOf = (batches: readonly ParsedBatch[]): ReadonlyMap<string, ScrubPolicy> => {
    const policies = new Map<string, ScrubPolicy>()
    for (const { orgId } of batches) {
      const policy = policyOf(orgId)
      if (policy !== DEFAULT_SCRUB_POLICY) policies.set(orgId, policy)
    }
    return policies
  }
  if (workers === 0) {
    const contexts = createContexts(enrich)
    return {
      rows: async (signal, batches) => PARSERS[signal](batches, underPolicies(contexts, policiesOf(batches))),
      samples: async (batches) => PARSERS.metrics(batches, underPolicies(contexts, policiesOf(batches))),
      close: async () => undefined,
    }
  }

  const hands = new Set<Hand>()
  const waiting: Task[] = []
  let sent = 0
  let closed = false

  const assign = () => {
    for (;;) {
      if (waiting.length === 0) return
      const hand = [...hands].find((one) => one.task === null) ?? (hands.size < workers ? hire() : null)
      if (hand === null) return
      const task = waiting.shift()
      if (task === undefined) return
      hand.task = task
      // A body may be a view of a larger buffer: copied, so that only its own bytes go over.
      const batches = task.batches.map(({ batchId, orgId, protocol, acceptedAt, body }) => {
        return { batchId, orgId, protocol, acceptedAt, body: new Uint8Array(body) }
      })
      const message: ParseTask = { task: ++sent, signal: task.signal, batches, policies: policiesOf(task.batches) }
      hand.worker.postMessage(
        message,
        batches.map((batch) => batch.body.buffer),
      )
    }
  }

  const hire = (): Hand => {
    const worker = new Worker(file, { workerData: enrich, resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB } })
    const hand: Hand = { worker, task: null }
    hands.add(hand)
    worker.on('message', (answer: ParseAnswer) => {
      const task = hand.task
      hand.task = null
      if (task !== null) settle(task, answer)
      assign()
    })
    let cause = 'it ended'
    worker.on('error', (error) => {
      cause = error.message
    })
    // Comes after 'error' too. The next task hires another, so that one that cannot start is not started in a loop.
    worker.on('exit', (code) => {
      hands.delete(hand)
      if (!closed) log.error({ code, cause }, 'a parse worker ended')
      hand.task?.reject(new ParseFailedError(`A parse worker ended before it answered (${cause}).`))
      hand.task = null
      assign()
    })
    return hand
  }

  const asked: (signal: Signal, batches: readonly ParsedBatch[]) => Promise<Parameters<Task['resolve']>[0]> = (
    signal,
    batches,
  ) => {
    if (closed) return Promise.reject(new ParseFailedError('The parse workers are closed.'))
    return new Promise((resolve, reject) => {
      waiting.push({ signal, batches, resolve, reject })
      assign()
    })
  }

  return {
    async rows(signal, batches) {
      const answer = await asked(signal, batches)
      if (answer.outcome !== 'rows') throw new ParseFailedError('A parse worker answered with samples for rows.')
      return answer.result
    },
    async samples(batches) {
      const answer = await asked('metrics', batches)
      if (answer.outcome !== 'samples') throw new ParseFailedError('A parse worker answered with rows for samples.')
      return answer.result
    },
    async close() {
      closed = true
      for (const task of waiting.splice(0)) task.reject(new ParseFailedError('The parse workers are closed.'))
      await Promise.all([...hands].map((hand) => hand.worker.terminate()))
    },
  }
}

function settle(task: Task, answer: ParseAnswer): void {
  if (answer.outcome === 'rows' || answer.outcome === 'samples') task.resolve(answer)
  else if (answer.outcome === 'too large') task.reject(new FlushTooLargeError(answer.message))
  else if (answer.outcome === 'poison') task.reject(new PoisonBatchError(answer.batchId, answer.reason))
  else task.reject(new ParseFailedError(`A parse worker failed: ${answer.message}`))
}
