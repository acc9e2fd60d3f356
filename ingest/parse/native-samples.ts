import type { Labels } from '../../schema/domain/labels.js'
import type { NativeMetric } from './native-metrics.js'
import type { TakeSample } from './sample-columns.js'
import { readTimestamp } from './timestamp.js'

const SPECIAL = { NaN: Number.NaN, '+Inf': Infinity, '-Inf': -Infinity }

/**
 * The samples of a native point: one for a gauge or counter; for a histogram `_bucket` of each bound (`le`), `_sum` and
 * `_count`, for a summary the series of each `quantile`, `_sum` and `_count`, as Prometheus names them.
 */
export function takeNativeMetric(metric: NativeMetric, take: TakeSample): void {
  const { name, sum, count } = metric
  const kind = metric.kind ?? 'gauge'
  const labels = pointLabels(metric)
  const ms = metric.timestamp == null ? null : (readTimestamp(metric.timestamp)?.ms ?? null)
  if (kind === 'gauge' || kind === 'counter') {
    take(name, kind, labels, ms, numberOf(metric.value), false)
    return
  }
  if (kind === 'histogram') {
    let hasInfinite = false
    for (const bucket of metric.buckets ?? []) {
      const le = numberOf(bucket.le)
      hasInfinite ||= le === Infinity
      take(`${name}_bucket`, 'counter', { ...labels, le: boundText(le) }, ms, bucket.count, false)
    }
    if (!hasInfinite) take(`${name}_bucket`, 'counter', { ...labels, le: '+Inf' }, ms, count ?? 0, false)
  }
  for (const { quantile, value } of metric.quantiles ?? [])
    take(name, 'gauge', { ...labels, quantile: boundText(quantile) }, ms, numberOf(value), false)
  if (sum != null) take(`${name}_sum`, 'counter', labels, ms, numberOf(sum), false)
  take(`${name}_count`, 'counter', labels, ms, count ?? 0, false)
}

function numberOf(value: NativeMetric['value']): number {
  return typeof value === 'number' ? value : SPECIAL[value ?? 'NaN']
}

/** A bound as a label's value: `0.5`, `1`, `+Inf`. */
export function boundText(bound: number): string {
  if (bound === Infinity) return '+Inf'
  return bound === -Infinity ? '-Inf' : String(bound)
}

function pointLabels({ labels, service }: NativeMetric): Labels {
  const all: Record<string, string> = {}
  if (service) all.service = wellFormedText(service)
  for (const name in labels) {
    const value = labels[name]
    // An empty label and an absent one are the same to Prometheus.
    if (value === '') delete all[name]
    else if (value !== undefined) all[name] = wellFormedText(value)
  }
  return all
}

/** Lone surrogates, which jsonb refuses, become U+FFFD, as they do in UTF-8. */
export function wellFormedText(text: string): string {
  return /\p{Surrogate}/u.test(text) ? Buffer.from(text).toString() : text
}
