import type { Signal } from '../../schema/domain/signal.js'
import type { Log } from '../../schema/ports/clock.js'
import type { FlushTerms } from '../../schema/ports/flushes.js'
import { giveMemory } from '../columns/index.js'
import { BARE_SETTINGS, createContexts, type EnrichSettings } from '../enrich/index.js'
import { createThreads, ThreadFailedError } from '../threads.js'
import type { ParsedBatch } from './batch.js'
import { PoisonBatchError } from './issues.js'
import type { MetricColumns } from './metric-samples.js'
import { FlushTooLargeError, type Rows } from './rows.js'
import {
  contextsUnder,
  daysUnder,
  PARSERS,
  type ParseAnswer,
  type ParseTask,
  type RowSignal,
} from './worker-messages.js'

/** Makes rows off the main thread. */
export interface ParsePool {
  /**
   * What `toLogRows`, `toSpanRows` or `toRumRows` makes of the batches. Their bodies stay the caller's: they are copied as
   * they are, and unpacked by the worker.
   *
   * @param terms What the batches' orgs have set; an org that is not named there has what holds by default.
   *
   * @throws PoisonBatchError naming the batch that cannot be read.
   * @throws FlushTooLargeError when they make more rows than one flush holds.
   * @throws ThreadFailedError when the worker failed for another reason; the same may succeed later.
   */
  rows(signal: RowSignal, batches: readonly ParsedBatch[], terms?: FlushTerms): Promise<Rows>
  /** Takes the memory of rows back for the next ones; nobody may read them any more. */
  recycle(rows: Uint8Array<ArrayBuffer>): void
  /** What `toMetricColumns` makes of the batches; throws the same. */
  samples(batches: readonly ParsedBatch[], terms?: FlushTerms): Promise<MetricColumns>
  /** Ends the workers. Tasks that were not answered fail. */
  close(): Promise<void>
}

const NO_TERMS: FlushTerms = { days: {}, policies: {} }

/** Rows whose memory waits for a worker, and what it may have each. */
const SPARE = 2
const SPARE_BYTES = 16 * 1024 * 1024

/**
 * A pool of worker threads, started when they are first needed and again when one has died.
 *
 * @param options.workers How many; 0 makes rows in the calling thread.
 * @param options.file The compiled worker.js.
 * @param options.enrich Databases and the key of hashes; left out, nothing is located.
 */
export function createParsePool(options: {
  readonly workers: number
  readonly file: string
  readonly log: Log
  readonly enrich?: EnrichSettings
}): ParsePool {
  const { workers, file, log, enrich = BARE_SETTINGS } = options
  if (workers === 0) {
    const contexts = createContexts(enrich)
    return {
      rows: async (signal, batches, terms = NO_TERMS) =>
        PARSERS[signal](batches, contextsUnder(contexts, terms), daysUnder(terms)),
      recycle: ({ buffer }) => giveMemory(buffer),
      samples: async (batches, terms = NO_TERMS) => PARSERS.metrics(batches, contextsUnder(contexts, terms)),
      close: async () => undefined,
    }
  }

  const threads = createThreads<ParseTask, ParseAnswer>({ name: 'parse workers', workers, file, data: enrich, log })

  const spare: ArrayBuffer[] = []

  const asked = async (signal: Signal, sent: readonly ParsedBatch[], terms: FlushTerms = NO_TERMS) => {
    const answer = await threads.run(() => {
      // A body may be a view of a larger buffer: copied, so that only its own bytes go over.
      const batches = sent.map(({ batchId, orgId, protocol, acceptedAt, body }) => {
        return { batchId, orgId, protocol, acceptedAt, body: { ...body, packed: new Uint8Array(body.packed) } }
      })
      const memory = spare.splice(0)
      return [{ signal, batches, terms, spare: memory }, [...batches.map(({ body }) => body.packed.buffer), ...memory]]
    })
    if (answer.outcome === 'rows' || answer.outcome === 'samples') return answer
    if (answer.outcome === 'too large') throw new FlushTooLargeError(answer.message)
    if (answer.outcome === 'poison') throw new PoisonBatchError(answer.batchId, answer.reason)
    throw new ThreadFailedError(`A parse worker failed: ${answer.message}`)
  }

  return {
    async rows(signal, batches, terms) {
      const answer = await asked(signal, batches, terms)
      if (answer.outcome !== 'rows') throw new ThreadFailedError('A parse worker answered with samples for rows.')
      return answer.result
    },
    recycle({ buffer }) {
      if (spare.length < SPARE && buffer.byteLength <= SPARE_BYTES) spare.push(buffer)
    },
    async samples(batches, terms) {
      const answer = await asked('metrics', batches, terms)
      if (answer.outcome !== 'samples') throw new ThreadFailedError('A parse worker answered with rows for samples.')
      return answer.result
    },
    close: () => threads.close(),
  }
}
