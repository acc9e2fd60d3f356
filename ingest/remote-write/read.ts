import type { Labels } from '../../schema/domain/labels.js'
import type { MetricKind } from '../../schema/domain/telemetry.js'
import { InvalidBatchError, Issues } from '../parse/issues.js'
import type { TimeBounds } from '../parse/limits.js'
import type { TakeSample } from '../parse/sample-columns.js'
import { REMOTE_WRITE_LIMITS } from './limits.js'
import type { WireSample, WireSeries, WireSeriesV2 } from './messages.js'
import { doubleOf, integerOf, isStaleMarker } from './sample-value.js'

/** Prometheus's types of metrics whose series only rise: counter, histogram (all its series). */
const RISING_TYPES = new Set([1, 3])
const RISING_NAME = /_(?:total|count|sum|bucket)$/

/**
 * Hands out the samples of a `prometheus.WriteRequest` (remote write 1.0).
 *
 * @returns How many there were.
 * @throws InvalidBatchError with up to 20 issues; samples that were handed out before are void then.
 */
export function readWriteRequest(request: unknown, bounds: TimeBounds, take: TakeSample): number {
  const { timeseries } = request as { readonly timeseries: readonly WireSeries[] }
  return readAll(timeseries, bounds, take, ({ labels }, path, issues) => ({
    ...identified(labels, path, issues),
    type: 0,
  }))
}

/** The same of an `io.prometheus.write.v2.Request` (remote write 2.0). */
export function readWriteRequestV2(request: unknown, bounds: TimeBounds, take: TakeSample): number {
  const { symbols, timeseries } = request as {
    readonly symbols: readonly string[]
    readonly timeseries: readonly WireSeriesV2[]
  }
  if (timeseries.length > 0 && symbols[0] !== '')
    throw new InvalidBatchError([{ path: 'symbols[0]', message: 'expected the empty text, found another or nothing.' }])
  return readAll(timeseries, bounds, take, ({ labelsRefs, metadata }, path, issues) => {
    const pairs: { name: string; value: string }[] = []
    if (labelsRefs.length % 2 !== 0) issues.add(`${path}.labelsRefs`, 'expected references in pairs of name and value.')
    for (let i = 0; i + 1 < labelsRefs.length && i < 2 * REMOTE_WRITE_LIMITS.labels + 2; i += 2) {
      const [name, value] = [symbols[labelsRefs[i] ?? -1], symbols[labelsRefs[i + 1] ?? -1]]
      if (name === undefined || value === undefined)
        issues.add(`${path}.labelsRefs[${i}]`, `expected references below ${symbols.length}, the number of symbols.`)
      else pairs.push({ name, value })
    }
    return { ...identified(pairs, path, issues), type: metadata?.type ?? 0 }
  })
}

interface Identified {
  readonly name: string
  readonly labels: Labels
  /** Prometheus's type of the metric; 0 where it is unknown. */
  readonly type: number
}

function readAll<Series extends { readonly samples: readonly WireSample[]; readonly histograms: readonly unknown[] }>(
  timeseries: readonly Series[],
  bounds: TimeBounds,
  take: TakeSample,
  identify: (series: Series, path: string, issues: Issues) => Identified,
): number {
  const issues = new Issues()
  let count = 0
  for (let i = 0; i < timeseries.length && !issues.full; i++) {
    const series = timeseries[i]
    if (series === undefined) continue
    const path = `timeseries[${i}]`
    if (series.histograms.length > 0)
      issues.add(`${path}.histograms`, 'native histograms are not stored; expected classic ones (`_bucket` series).')
    const { name, labels, type } = identify(series, path, issues)
    const kind: MetricKind = type === 0 ? kindByName(name) : RISING_TYPES.has(type) ? 'counter' : 'gauge'
    for (const [j, { value, timestamp }] of series.samples.entries()) {
      const ms = integerOf(timestamp)
      if (!(ms >= bounds.from && ms <= bounds.until)) {
        const [from, until] = [new Date(bounds.from).toISOString(), new Date(bounds.until).toISOString()]
        issues.add(`${path}.samples[${j}].timestamp`, `${ms} ms is out of bounds; expected ${from} to ${until}.`)
        break
      }
      const stale = isStaleMarker(value)
      take(name, kind, labels, ms, stale ? Number.NaN : doubleOf(value), stale)
      count++
    }
  }
  if (issues.found.length > 0) throw new InvalidBatchError(issues.found)
  return count
}

/** Remote write 1.0 tells types apart from samples, now and then; names follow a convention. */
function kindByName(name: string): MetricKind {
  return RISING_NAME.test(name) ? 'counter' : 'gauge'
}

function identified(
  pairs: readonly { readonly name: string; readonly value: string }[],
  path: string,
  issues: Issues,
): Omit<Identified, 'type'> {
  const labels: Record<string, string> = {}
  const seen = new Set<string>()
  let metric = ''
  const { nameLength, valueLength } = REMOTE_WRITE_LIMITS
  if (pairs.length > REMOTE_WRITE_LIMITS.labels)
    issues.add(`${path}.labels`, `expected at most ${REMOTE_WRITE_LIMITS.labels} labels, found ${pairs.length}.`)
  for (const { name, value } of pairs) {
    const isLabel = name !== '' && name.length <= nameLength && value.length <= valueLength && name !== '__proto__'
    if (!isLabel || NUL.test(name) || NUL.test(value))
      issues.add(
        `${path}.labels`,
        `expected names of 1 to ${nameLength} and values of at most ${valueLength} characters, without U+0000.`,
      )
    else if (seen.has(name))
      issues.add(`${path}.labels`, `expected each label once, found ${JSON.stringify(name)} twice.`)
    else if (name === '__name__') metric = value
    // An empty label and an absent one are the same to Prometheus.
    else if (value !== '') labels[name] = value
    seen.add(name)
    if (issues.full) break
  }
  if (metric === '') issues.add(`${path}.labels`, 'expected a label __name__ with the name of the metric, found none.')
  return { name: metric, labels }
}

const NUL = /\0/
