import {
  analysePromql,
  compileMatchers,
  parsePromql,
  type SampleSeries,
  type SeriesSource,
} from '../../query/promql/index.js'
import type { Matcher } from '../../schema/domain/matcher.js'
import type { MetricSample } from '../../schema/ports/telemetry.js'

/** Unix ms of the first sample; those that follow stand every 30 s. */
export const WORLD_FIRST = Date.parse('2026-03-01T11:00:00Z')
export const WORLD_LAST = WORLD_FIRST + 3_600_000
const INTERVAL_MS = 30_000

/** Label values that patterns in rules mean; the first that a pattern matches is taken. */
const WORDS = [
  '500',
  'idle',
  'Pending',
  'Unavailable',
  'connect',
  'sda',
  'etcd',
  'shop',
  '1.2.3',
  'x:error_ratio:rate1h',
]
const BUCKETS = ['0.1', '1', '10', '+Inf']

/**
 * An hour of samples for every selector of some expressions, on two instances: counters that rise, one of them with a
 * reset, gauges that go up and down, classic histograms. What each metric is follows from its name.
 */
export function alertWorld(orgId: string, expressions: readonly string[]): MetricSample[] {
  const series = new Map<string, Readonly<Record<string, string>>>()
  for (const expression of expressions)
    for (const { matchers } of analysePromql(parsePromql(expression)).selectors)
      for (const labels of labelSets(matchers)) series.set(JSON.stringify(Object.entries(labels).sort()), labels)
  return [...series.values()].flatMap(({ __name__: name = '', ...labels }, seed) => {
    const isCounter = /_(?:total|count|sum|bucket)$/.test(name)
    const samples: MetricSample[] = []
    for (let i = 0, ts = WORLD_FIRST; ts <= WORLD_LAST; i++, ts += INTERVAL_MS) {
      const value = isCounter ? counterAt(i, seed, labels.le) : gaugeAt(i, seed)
      samples.push({ orgId, name, kind: isCounter ? 'counter' : 'gauge', labels, ts, value })
    }
    return samples
  })
}

/** Label sets that meet matchers; none where a label is asked for that is to be absent. */
function labelSets(matchers: readonly Matcher[]): Record<string, string>[] {
  if (matchers.some(({ value }) => /none/.test(value) || /gone/.test(value))) return []
  const named: Record<string, string> = { job: 'main', namespace: 'shop', cluster: 'c1', service: 'cart' }
  for (const { name, op, value } of matchers) {
    if (op === '=' && value !== '') named[name] = value
    if (op === '=~')
      named[name] = WORDS.find((word) => compileMatchers([{ name, op, value }])({ [name]: word })) ?? value
    if (op === '!=' || op === '!~') named[name] ??= 'other'
  }
  const sets = ['a:80', 'b:80'].map((instance) => ({ instance, pod: `pod-${instance[0]}`, ...named }))
  const all = sets.flatMap((labels): Record<string, string>[] =>
    named.__name__?.endsWith('_bucket') ? BUCKETS.map((le) => ({ ...labels, le })) : [labels],
  )
  return all.filter(compileMatchers(matchers))
}

function counterAt(i: number, seed: number, le: string | undefined): number {
  const rise = le === undefined ? 3 + (seed % 7) : 2 * (BUCKETS.indexOf(le) + 1)
  const since = seed % 5 === 0 && le === undefined && i > 70 ? i - 70 : i
  return since * rise
}

function gaugeAt(i: number, seed: number): number {
  return Math.round(50 + 40 * Math.sin(i / 7 + seed)) / 8
}

/** Samples as the engine reads them. */
export function samplesSource(samples: readonly MetricSample[]): SeriesSource {
  const columns = new Map<string, { labels: Record<string, string>; times: number[]; values: number[] }>()
  for (const { name, labels, ts, value } of samples) {
    const key = JSON.stringify([name, labels])
    const series = columns.get(key) ?? { labels: { ...labels, __name__: name }, times: [], values: [] }
    columns.set(key, series)
    series.times.push(ts)
    series.values.push(value)
  }
  const all = [...columns.values()].map(
    ({ labels, times, values }): SampleSeries => ({
      labels,
      timestamps: Float64Array.from(times),
      values: Float64Array.from(values),
    }),
  )
  return { select: async (matchers) => all.filter(({ labels }) => compileMatchers(matchers)(labels)) }
}
