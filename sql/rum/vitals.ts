import { type RumDimension, VITALS } from '../../schema/domain/vitals.js'
import type { RumReader, RumScope, RumSeries, RumVital } from '../../schema/ports/rum.js'
import type { ClickHouse, QueryParams } from '../clients.js'
import { readWithin } from '../query-bounds.js'
import { scopeOf } from './scope.js'

const DIMENSION_COLUMNS: Readonly<Record<RumDimension, string>> = {
  PAGE: 'page',
  COUNTRY: 'country',
  BROWSER: 'browser',
  OS: 'os',
  DEVICE: 'device',
}

const METRICS = Object.keys(VITALS)
const THRESHOLDS: QueryParams = {
  metrics: METRICS,
  good: METRICS.map((metric) => VITALS[metric]?.[0] ?? 0),
  improvable: METRICS.map((metric) => VITALS[metric]?.[1] ?? 0),
}
const IS_VITAL = `type = 'vital' AND name IN {metrics:Array(String)}`

interface VitalRow {
  readonly metric: string
  readonly found: string
  readonly n: number
  readonly quantiles: readonly [number, number, number]
  readonly good: number
  readonly bearable: number
}

/**
 * Web vitals by metric and a dimension. Ratings are told by the values, never by what a page says of them. Quantiles
 * are exact, and take memory for the values that are looked at, 8 bytes each: ClickHouse's own limit stands above that.
 */
export async function rumVitals(
  clickhouse: ClickHouse,
  orgId: string,
  { by, first, signal, bounds, ...asked }: Parameters<RumReader['vitals']>[0],
): ReturnType<RumReader['vitals']> {
  const { where, params } = scopeOf(orgId, asked)
  const rows = await readWithin<VitalRow>(
    clickhouse,
    `SELECT name AS metric, ${by === null ? `''` : DIMENSION_COLUMNS[by]} AS found, count() AS n,
       quantilesExactInclusive(0.5, 0.75, 0.95)(value) AS quantiles,
       countIf(value <= transform(name, {metrics:Array(String)}, {good:Array(Float64)}, 0.)) AS good,
       countIf(value <= transform(name, {metrics:Array(String)}, {improvable:Array(Float64)}, 0.)) AS bearable
     FROM rum WHERE ${where} AND ${IS_VITAL}
     GROUP BY metric, found
     ORDER BY metric, n DESC, found
     LIMIT {most:UInt32} BY metric`,
    { ...params, ...THRESHOLDS, most: first + 1 },
    { signal, bounds },
  )
  const counted = new Map<string, number>()
  const vitals = rows.flatMap((row): RumVital[] => {
    const place = (counted.get(row.metric) ?? 0) + 1
    counted.set(row.metric, place)
    return place > first ? [] : [toVital(row, by)]
  })
  return { vitals, truncated: vitals.length < rows.length }
}

function toVital({ metric, found, n, quantiles, good, bearable }: VitalRow, by: RumDimension | null): RumVital {
  const [p50, p75, p95] = quantiles
  const ratings = { good, needsImprovement: bearable - good, poor: n - bearable }
  return { metric, value: by === null ? null : found, count: n, p50, p75, p95, ...ratings }
}

interface SeriesRow {
  readonly metric: string
  readonly spans: readonly number[]
  readonly values: readonly number[]
}

/** The 75th percentile of each metric over spans of time. */
export async function rumVitalSeries(
  clickhouse: ClickHouse,
  orgId: string,
  { step, signal, bounds, ...asked }: RumScope & { readonly step: number },
): Promise<readonly RumSeries[]> {
  const { where, params } = scopeOf(orgId, asked)
  const rows = await readWithin<SeriesRow>(
    clickhouse,
    `SELECT metric, groupArray(span) AS spans, groupArray(p75) AS values FROM (
       SELECT name AS metric, toUInt32(intDiv(toUnixTimestamp64Milli(ts) - {from:Int64}, {step:Int64})) AS span,
         quantileExactInclusive(0.75)(value) AS p75
       FROM rum WHERE ${where} AND ${IS_VITAL}
       GROUP BY metric, span ORDER BY metric, span)
     GROUP BY metric ORDER BY metric`,
    { ...params, metrics: METRICS, step: String(step) },
    { signal, bounds },
  )
  return rows.map(({ metric, spans, values }) => {
    const points = spans.map((span, i) => [asked.from + span * step, values[i] ?? 0] as const)
    points.sort(([one], [other]) => one - other)
    return {
      labels: { metric },
      timestamps: Float64Array.from(points, ([time]) => time),
      values: Float64Array.from(points, ([, value]) => value),
    }
  })
}
