import type { Labels } from '../../schema/domain/labels.js'
import { InvalidBatchError, Issues } from '../parse/issues.js'
import type { TimeBounds } from '../parse/limits.js'
import { boundText } from '../parse/native-samples.js'
import type { TakeSample } from '../parse/sample-columns.js'
import { readAttributes } from './any-value.js'
import { classicBuckets, type ExponentialBuckets } from './classic-buckets.js'
import {
  count,
  double,
  enumValue,
  type Fields,
  hasFields,
  instant,
  int32,
  integer,
  message,
  messages,
  text,
} from './fields.js'
import { OTLP_LIMITS } from './limits.js'
import { labelsOf, metricName } from './metric-names.js'
import { type SharedPart, sharedParts } from './shared.js'

const TEMPORALITIES = ['UNSPECIFIED', 'DELTA', 'CUMULATIVE']
const DELTA = 1
/** Bit of a point's flags: the series has no value any more. */
const NO_RECORDED_VALUE = 1

/** A metric being read: the parts of its names and labels that its points share. */
interface Context {
  readonly name: string
  readonly labels: Labels
  readonly delta: boolean
  readonly bounds: TimeBounds
  readonly issues: Issues
  readonly take: TakeSample
}

/**
 * Hands out the samples of an `ExportMetricsServiceRequest`, as docs/ingest.md tells: names and labels as Prometheus
 * writes them, `_total` behind monotonic sums, histograms as classic buckets, points of delta temporality as gauges of
 * their own under `_delta`, and for each resource `target_info` with its attributes.
 *
 * @returns How many samples there were.
 * @throws InvalidBatchError with up to 20 issues; samples that were handed out before are void then.
 */
export function readOtlpMetrics(request: unknown, bounds: TimeBounds, takeSample: TakeSample): number {
  const issues = new Issues()
  let samples = 0
  const take: TakeSample = (...sample) => {
    samples++
    takeSample(...sample)
  }
  if (!hasFields(request)) throw new InvalidBatchError([{ path: '', message: 'The body is no object.' }])
  let informed: SharedPart['resource'] | null = null
  for (const part of sharedParts(request, 'resourceMetrics', 'scopeMetrics', issues)) {
    const target = targetLabels(part)
    let last: number | null = null
    const takeTimed: TakeSample = (name, kind, labels, ms, value, stale) => {
      if (ms !== null) last = Math.max(last ?? 0, ms)
      take(name, kind, labels, ms, value, stale)
    }
    const labels = scopeLabels(part, target, issues)
    for (const [metric, path] of messages(part.of, 'metrics', part.path, issues))
      readMetric(metric, path, { labels, bounds, issues, take: takeTimed })
    if (informed === part.resource || issues.found.length > 0) continue
    informed = part.resource
    take('target_info', 'gauge', infoLabels(part, target, issues), last, 1, false)
  }
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  return samples
}

/** What names a target: `service` and `job`, and the instance where the resource names one. */
function targetLabels({ service, resource }: SharedPart): Labels {
  const instance = resource['service.instance.id']
  const namespace = resource['service.namespace']
  return {
    ...(service !== '' && { service, job: typeof namespace === 'string' ? `${namespace}/${service}` : service }),
    ...(typeof instance === 'string' && instance !== '' && { instance }),
  }
}

const OF_TARGET = new Set(['service.name', 'service.namespace', 'service.instance.id'])

function infoLabels({ resource, path }: SharedPart, target: Labels, issues: Issues): Labels {
  const rest = Object.fromEntries(Object.entries(resource).filter(([name]) => !OF_TARGET.has(name)))
  return labelsOf(rest, target, `${path}.resource`, issues)
}

function scopeLabels(part: SharedPart, target: Labels, issues: Issues): Labels {
  const { scopeName, scopeVersion, scopeAttributes } = part
  const prefixed = Object.entries(scopeAttributes).map(([name, value]) => [`otel_scope_${name}`, value])
  const given = {
    ...target,
    ...(scopeName !== '' && { otel_scope_name: scopeName }),
    ...(scopeVersion !== '' && { otel_scope_version: scopeVersion }),
  }
  return labelsOf(Object.fromEntries(prefixed), given, `${part.path}.scope`, issues)
}

function readMetric(metric: Fields, path: string, shared: Omit<Context, 'name' | 'delta'>): void {
  const { issues } = shared
  const base = metricName(text(metric.name, OTLP_LIMITS.nameLength, `${path}.name`, issues), `${path}.name`, issues)
  const readPoints = (
    data: Fields,
    where: string,
    name: string,
    read: (point: Fields, path: string, labels: Labels, ms: number | null, stale: boolean, context: Context) => void,
  ) => {
    const temporality = `${where}.aggregationTemporality`
    const delta =
      enumValue(data.aggregationTemporality, TEMPORALITIES, 'AGGREGATION_TEMPORALITY_', temporality, issues) === DELTA
    const context = { ...shared, name: delta ? `${base}_delta` : name, delta }
    for (const [point, at] of messages(data, 'dataPoints', where, issues)) {
      const labels = labelsOf(readAttributes(point, at, issues), shared.labels, `${at}.attributes`, issues)
      const ms = instant(point.timeUnixNano, shared.bounds, `${at}.timeUnixNano`, issues)?.ms ?? null
      const stale = (int32(point.flags, `${at}.flags`, issues) & NO_RECORDED_VALUE) !== 0
      read(point, at, labels, ms, stale, context)
    }
  }
  const { gauge, sum, histogram, exponentialHistogram, summary } = metric
  if (hasFields(gauge)) readPoints(gauge, `${path}.gauge`, base, readNumber('gauge'))
  else if (hasFields(sum)) {
    const isCounter = sum.isMonotonic === true
    const name = isCounter && !base.endsWith('_total') ? `${base}_total` : base
    readPoints(sum, `${path}.sum`, name, readNumber(isCounter ? 'counter' : 'gauge'))
  } else if (hasFields(histogram)) readPoints(histogram, `${path}.histogram`, base, readHistogram)
  else if (hasFields(exponentialHistogram))
    readPoints(exponentialHistogram, `${path}.exponentialHistogram`, base, readExponential)
  else if (hasFields(summary)) readPoints(summary, `${path}.summary`, base, readSummary)
}

type ReadPoint = (
  point: Fields,
  path: string,
  labels: Labels,
  ms: number | null,
  stale: boolean,
  context: Context,
) => void

function readNumber(kind: 'gauge' | 'counter'): ReadPoint {
  return (point, path, labels, ms, stale, { name, delta, issues, take }) => {
    const whole = Object.hasOwn(point, 'asInt') ? integer(point.asInt) : null
    const asDouble = Object.hasOwn(point, 'asDouble') ? point.asDouble : null
    const value = whole === null ? double(asDouble, `${path}.asDouble`, issues) : Number(whole)
    if (value === null && !stale) issues.add(path, 'expected asDouble or asInt, found neither.')
    take(name, delta ? 'gauge' : kind, labels, ms, stale ? Number.NaN : (value ?? 0), stale)
  }
}

/** Hands out `_bucket`, `_sum` and `_count`; the buckets are cumulative and lack `+Inf`. */
function takeHistogram(
  point: Fields,
  path: string,
  labels: Labels,
  ms: number | null,
  stale: boolean,
  buckets: Iterable<readonly [le: number, count: number]>,
  { name, delta, issues, take }: Context,
): void {
  const kind = delta ? 'gauge' : 'counter'
  const value = (plain: number) => (stale ? Number.NaN : plain)
  const all = count(point.count, `${path}.count`, issues)
  const sum = double(Object.hasOwn(point, 'sum') ? point.sum : null, `${path}.sum`, issues)
  for (const [le, counted] of buckets)
    take(`${name}_bucket`, kind, { ...labels, le: boundText(le) }, ms, value(counted), stale)
  take(`${name}_bucket`, kind, { ...labels, le: '+Inf' }, ms, value(all), stale)
  if (sum !== null) take(`${name}_sum`, kind, labels, ms, value(sum), stale)
  take(`${name}_count`, kind, labels, ms, value(all), stale)
}

/** Numbers of a list; more than fit are told. */
function list<Item>(value: unknown, path: string, issues: Issues, read: (item: unknown, path: string) => Item): Item[] {
  if (value === undefined || value === null) return []
  if (Array.isArray(value) && value.length <= 65_536) return value.map((item, i) => read(item, `${path}[${i}]`))
  issues.add(path, 'expected an array of at most 65,536 numbers.')
  return []
}

const readHistogram: ReadPoint = (point, path, labels, ms, stale, context) => {
  const { issues } = context
  const bounds = list(
    point.explicitBounds,
    `${path}.explicitBounds`,
    issues,
    (item, at) => double(item, at, issues) ?? 0,
  )
  const counts = list(point.bucketCounts, `${path}.bucketCounts`, issues, (item, at) => count(item, at, issues))
  if (counts.length > 0 && counts.length !== bounds.length + 1)
    issues.add(
      `${path}.bucketCounts`,
      `expected ${bounds.length + 1} counts, one more than bounds, found ${counts.length}.`,
    )
  if (bounds.length > OTLP_LIMITS.buckets)
    issues.add(`${path}.explicitBounds`, `expected at most ${OTLP_LIMITS.buckets} bounds, found ${bounds.length}.`)
  if (bounds.some((bound, i) => !(bound > (bounds[i - 1] ?? Number.NEGATIVE_INFINITY))))
    issues.add(`${path}.explicitBounds`, 'expected rising bounds.')
  let counted = 0
  const buckets = bounds.map((le, i) => {
    counted += counts[i] ?? 0
    return [le, counted] as const
  })
  takeHistogram(
    point,
    path,
    labels,
    ms,
    stale,
    buckets.filter(([le]) => le !== Infinity),
    context,
  )
}

const readExponential: ReadPoint = (point, path, labels, ms, stale, context) => {
  const { issues } = context
  const side = (name: 'positive' | 'negative'): ExponentialBuckets => {
    const of = message(point[name], `${path}.${name}`, issues)
    return {
      offset: int32(of.offset, `${path}.${name}.offset`, issues),
      counts: list(of.bucketCounts, `${path}.${name}.bucketCounts`, issues, (item, at) => count(item, at, issues)),
    }
  }
  const scale = int32(point.scale, `${path}.scale`, issues)
  if (scale < -11 || scale > 20) issues.add(`${path}.scale`, `expected a scale from -11 to 20, found ${scale}.`)
  const buckets = classicBuckets({
    scale: Math.max(-11, Math.min(20, scale)),
    zeroCount: count(point.zeroCount, `${path}.zeroCount`, issues),
    zeroThreshold: double(point.zeroThreshold, `${path}.zeroThreshold`, issues) ?? 0,
    positive: side('positive'),
    negative: side('negative'),
  })
  if (buckets.size > OTLP_LIMITS.buckets)
    issues.add(path, `expected at most ${OTLP_LIMITS.buckets} bounds once it is merged, found ${buckets.size}.`)
  else takeHistogram(point, path, labels, ms, stale, buckets, context)
}

const readSummary: ReadPoint = (point, path, labels, ms, stale, context) => {
  const { name, issues, take } = context
  const value = (plain: number) => (stale ? Number.NaN : plain)
  for (const [quantile, at] of messages(point, 'quantileValues', path, issues)) {
    const of = double(quantile.quantile, `${at}.quantile`, issues) ?? 0
    const found = double(quantile.value, `${at}.value`, issues) ?? 0
    take(name, 'gauge', { ...labels, quantile: boundText(of) }, ms, value(found), stale)
  }
  take(`${name}_sum`, 'counter', labels, ms, value(double(point.sum, `${path}.sum`, issues) ?? 0), stale)
  take(`${name}_count`, 'counter', labels, ms, value(count(point.count, `${path}.count`, issues)), stale)
}
