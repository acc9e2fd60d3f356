import { InvalidBatchError, Issues, shown } from './issues.js'
import { BATCH_LIMITS, type TimeBounds } from './limits.js'
import { checkDistribution, isNativeNumber, NUMBER_EXPECTED } from './native-distribution.js'
import { checkBatch, checkText, checkTime, unknownFields } from './native-fields.js'
import type { NativeBatch } from './native-logs.js'

export const NATIVE_METRIC_KINDS = ['gauge', 'counter', 'histogram', 'summary'] as const
export type NativeMetricKind = (typeof NATIVE_METRIC_KINDS)[number]
export type NativeNumber = number | 'NaN' | '+Inf' | '-Inf'

/** A metric point as the native protocol carries it. Null means the same as absence. */
export interface NativeMetric {
  /**
   * A Prometheus metric name; dots are allowed after the first character, as OpenTelemetry's names have them. In PromQL
   * such a name is written in quotes: `{"http.server.duration"}`.
   */
  readonly name: string
  /** `gauge` where left out. A counter only rises, save for restarts, and so do the counts of the other two. */
  readonly kind?: NativeMetricKind | null
  /** Of a gauge or counter: a finite number, or the text of one that JSON cannot write. */
  readonly value?: NativeNumber | null
  /** Of a histogram, by rising bound: how many observations were at most `le`. `+Inf` may be left out. */
  readonly buckets?: readonly { readonly le: NativeNumber; readonly count: number }[] | null
  /** Of a summary; the quantiles are from 0 to 1. */
  readonly quantiles?: readonly { readonly quantile: number; readonly value: NativeNumber }[] | null
  /** Of a histogram or summary: what was observed, added up. */
  readonly sum?: NativeNumber | null
  /** Of a histogram or summary: how many observations there were. */
  readonly count?: number | null
  /** See `readTimestamp`; kept to the millisecond. Left out, the time of acceptance. */
  readonly timestamp?: string | number | null
  /** Empty values mean absence. Names as for the metric, without colons and not beginning with two underscores. */
  readonly labels?: Readonly<Record<string, string>> | null
  /** Becomes the label `service`, unless the labels have one. */
  readonly service?: string | null
}

const BATCH_FIELDS = new Set(['metrics', 'sentAt'])
const METRIC_FIELDS = new Set([
  'name',
  'kind',
  'value',
  'buckets',
  'quantiles',
  'sum',
  'count',
  'timestamp',
  'labels',
  'service',
])
export const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:.]*$/
export const LABEL_NAME = /^(?!__)[a-zA-Z_][a-zA-Z0-9_.]*$/

/**
 * A native batch of metric points:
 * `{"metrics": [{name, kind?, value, timestamp?, labels?, service?}], "sentAt"?}`; a histogram has `buckets`, `sum`
 * and `count` in place of the value, a summary `quantiles`, `sum` and `count`.
 *
 * @param bounds Times the points may carry; null accepts any.
 * @throws InvalidBatchError with up to 20 issues.
 */
export function readNativeMetrics(body: unknown, bounds: TimeBounds | null): NativeBatch<NativeMetric> {
  const issues = new Issues()
  const { items, sentAt } = checkBatch(body, 'metrics', BATCH_FIELDS, BATCH_LIMITS.metrics, issues)
  for (let i = 0; i < items.length && !issues.full; i++) checkMetric(items[i], i, bounds, issues)
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  // Every item was checked to be one.
  return { count: items.length, items: items as readonly NativeMetric[], sentAt }
}

function checkMetric(value: unknown, index: number, bounds: TimeBounds | null, issues: Issues): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    issues.add(`metrics[${index}]`, `expected an object, found ${shown(value)}.`)
    return
  }
  const metric = value as Readonly<Record<string, unknown>>
  const { name, kind } = metric
  if (typeof name !== 'string' || name.length > BATCH_LIMITS.metricNameLength || !METRIC_NAME.test(name))
    issues.add(`metrics[${index}].name`, `${shown(name)} is no metric name; ${NAME_EXPECTED}`)
  if (kind != null && !NATIVE_METRIC_KINDS.some((known) => known === kind))
    issues.add(`metrics[${index}].kind`, `expected ${NATIVE_METRIC_KINDS.join(', ')}, found ${shown(kind)}.`)
  else if (kind === 'histogram' || kind === 'summary') checkDistribution(metric, kind, `metrics[${index}]`, issues)
  else if (!isNativeNumber(metric.value))
    issues.add(`metrics[${index}].value`, `expected ${NUMBER_EXPECTED}, found ${shown(metric.value)}.`)
  if (metric.timestamp != null) checkTime(metric.timestamp, bounds, issues, 'metrics', index)
  if (metric.service != null) {
    checkText(metric.service, BATCH_LIMITS.serviceLength, issues, 'metrics', index, 'service')
    if (typeof metric.service === 'string' && metric.service.includes('\0'))
      issues.add(`metrics[${index}].service`, NO_NUL)
  }
  if (metric.labels != null) checkLabels(metric.labels, `metrics[${index}].labels`, issues)
  unknownFields(metric, METRIC_FIELDS, `metrics[${index}]`, issues)
}

const NAME_EXPECTED = `expected a letter, an underscore or a colon, then also digits and dots, at most ${BATCH_LIMITS.metricNameLength} characters.`
const NO_NUL = 'expected a text without the character U+0000, which the metrics store cannot hold.'

function checkLabels(labels: unknown, path: string, issues: Issues): void {
  if (typeof labels !== 'object' || labels === null || Array.isArray(labels)) {
    issues.add(path, `expected an object, found ${shown(labels)}.`)
    return
  }
  const entries = Object.entries(labels)
  if (entries.length > BATCH_LIMITS.labels) {
    issues.add(path, `expected at most ${BATCH_LIMITS.labels} labels, found ${entries.length}.`)
    return
  }
  for (const [name, value] of entries) {
    if (name.length > BATCH_LIMITS.labelNameLength || !LABEL_NAME.test(name))
      issues.add(path, `${shown(name)} is no label name; ${LABEL_EXPECTED}`)
    else if (typeof value !== 'string') issues.add(`${path}.${name}`, `expected a text, found ${shown(value)}.`)
    else if (value.length > BATCH_LIMITS.labelValueLength)
      issues.add(
        `${path}.${name}`,
        `expected at most ${BATCH_LIMITS.labelValueLength} characters, found ${value.length}.`,
      )
    else if (value.includes('\0')) issues.add(`${path}.${name}`, NO_NUL)
  }
}

const LABEL_EXPECTED = `expected a letter or one underscore, then also digits and dots, at most ${BATCH_LIMITS.labelNameLength} characters.`
