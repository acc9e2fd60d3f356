import type { Labels } from '../../schema/domain/labels.js'
import type { FlushLine } from '../../schema/ports/flushes.js'
import type { MetricSample } from '../../schema/ports/telemetry.js'
import { type ParsedBatch, readClaimed } from './batch.js'
import { FlushLines } from './flush-lines.js'
import { STORABLE_TIMES } from './limits.js'
import { type NativeMetric, readNativeMetrics } from './native-metrics.js'
import { readTimestamp } from './timestamp.js'

/** Samples of some batches, in their order, and what they add to a flush. */
export interface MetricSamples {
  readonly samples: readonly MetricSample[]
  readonly lines: readonly FlushLine[]
}

/** What a sample weighs in `bytes` beside its name and labels: a time and a value of 8 bytes each. */
export const SAMPLE_BYTES = 16

/**
 * Samples of batches of native metrics. `bytes` of a sample is the UTF-8 length of its name and of the names and values
 * of its labels, and `SAMPLE_BYTES`.
 *
 * @throws PoisonBatchError naming the first batch that cannot be read.
 */
export function toMetricSamples(batches: readonly ParsedBatch[]): MetricSamples {
  const lines = new FlushLines()
  const samples = batches.flatMap((batch) => {
    const line = lines.of(batch.orgId, batch.acceptedAt)
    const { items } = readClaimed(batch, (value) => readNativeMetrics(value, STORABLE_TIMES))
    return items.map((metric) => {
      const sample = toSample(metric, batch)
      line.add(sample.ts, sampleBytes(sample))
      return sample
    })
  })
  return { samples, lines: lines.closed() }
}

function toSample(metric: NativeMetric, batch: ParsedBatch): MetricSample {
  const at = metric.timestamp == null ? null : readTimestamp(metric.timestamp)
  return {
    orgId: batch.orgId,
    name: metric.name,
    kind: metric.kind ?? 'gauge',
    labels: sampleLabels(metric),
    ts: at?.ms ?? Math.floor(batch.acceptedAt),
    value: typeof metric.value === 'number' ? metric.value : SPECIAL[metric.value],
  }
}

const SPECIAL = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity }

function sampleLabels({ labels, service }: NativeMetric): Labels {
  const all: Record<string, string> = {}
  if (service) all.service = wellFormed(service)
  for (const name in labels) {
    const value = labels[name]
    // An empty label and an absent one are the same to Prometheus.
    if (value === '') delete all[name]
    else if (value !== undefined) all[name] = wellFormed(value)
  }
  return all
}

/** Lone surrogates, which jsonb refuses, become U+FFFD, as they do in UTF-8. */
function wellFormed(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text
}

function sampleBytes({ name, labels }: MetricSample): number {
  let bytes = SAMPLE_BYTES + name.length
  for (const label in labels) bytes += label.length + Buffer.byteLength(labels[label] ?? '')
  return bytes
}
