import type { FlushLine } from '../../schema/ports/flushes.js'
import type { MetricSample } from '../../schema/ports/telemetry.js'
import { bareContexts, type ContextOf } from '../enrich/index.js'
import type { ParsedBatch } from './batch.js'
import { FlushLines } from './flush-lines.js'
import { readMetrics } from './read-batch.js'
import { SampleCollector, type SampleColumns, samplesOf } from './sample-columns.js'

/** Samples of some batches, in their order, and what they add to a flush. */
export interface MetricSamples {
  readonly samples: readonly MetricSample[]
  readonly lines: readonly FlushLine[]
}

/** The same as columns. */
export interface MetricColumns {
  readonly columns: SampleColumns
  readonly lines: readonly FlushLine[]
}

/**
 * Samples of batches of metrics, their labels scrubbed. `bytes` of a sample is the UTF-8 length of its name and of the names and values of its
 * labels, and `SAMPLE_BYTES`.
 *
 * @throws PoisonBatchError naming the first batch that cannot be read.
 */
export function toMetricColumns(batches: readonly ParsedBatch[], contextOf: ContextOf = bareContexts()): MetricColumns {
  const lines = new FlushLines()
  const samples = new SampleCollector()
  for (const batch of batches) {
    const { orgId } = batch
    const acceptedAt = Math.floor(batch.acceptedAt)
    const line = lines.of(orgId, batch.acceptedAt)
    const { scrubber } = contextOf(orgId)
    readMetrics(batch, (name, kind, sent, ms, value, stale) => {
      const ts = ms ?? acceptedAt
      line.add(ts, samples.add(samples.find(orgId, name, kind, sent, scrubber), ts, value, stale))
    })
  }
  return { columns: samples.columns(), lines: lines.closed() }
}

/** What `toMetricColumns` makes, a sample at a time. */
export function toMetricSamples(batches: readonly ParsedBatch[], contextOf: ContextOf = bareContexts()): MetricSamples {
  const { columns, lines } = toMetricColumns(batches, contextOf)
  return { samples: samplesOf(columns), lines }
}
