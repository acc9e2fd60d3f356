import { compileLogMetric, createParamSink, parseLogMetric } from '../query/logql/index.js'
import type { Labels } from '../schema/domain/labels.js'
import { exceeded, QUERY_BOUNDS } from '../schema/domain/query-bounds.js'
import type { LogSeries, LogSeriesReader } from '../schema/ports/series.js'
import type { ClickHouse } from './clients.js'
import { logHistogram } from './log-histogram.js'
import { readWithin } from './query-bounds.js'

interface Row {
  readonly labels: string
  readonly times: readonly string[]
  readonly values: readonly string[]
}

/** Counts an org's logs and makes series of them, in ClickHouse. */
export function createLogSeriesReader(clickhouse: ClickHouse, orgId: string): LogSeriesReader {
  return {
    histogram: (query) => logHistogram(clickhouse, orgId, query),

    async series({ query, start, end, step, ...limits }) {
      const { series: mostSeries, points: mostPoints } = limits.bounds ?? QUERY_BOUNDS
      const params = createParamSink()
      const where = `org_id = ${params.text(orgId)}`
      const sql = compileLogMetric(parseLogMetric(query), { where, grid: { start, end, step }, params })
      // Values as text: JSON has no infinity, and as numbers NaN and both infinities come as null.
      const rows = await readWithin<Row>(
        clickhouse,
        `SELECT toJSONString(labels) AS labels, groupArray(toString(t)) AS times, groupArray(toString(v)) AS values
         FROM (${sql}) GROUP BY labels ORDER BY labels`,
        params.values,
        limits,
      )
      if (rows.length > mostSeries) throw exceeded('series', mostSeries)
      if (rows.reduce((sum, { times }) => sum + times.length, 0) > mostPoints) throw exceeded('points', mostPoints)
      return rows.map(toSeries)
    },
  }
}

function toSeries(row: Row): LogSeries {
  const points = row.times.map((time, index) => [Number(time), numberOf(row.values[index] ?? '')] as const)
  points.sort(([one], [other]) => one - other)
  return {
    labels: JSON.parse(row.labels) as Labels,
    timestamps: Float64Array.from(points, ([time]) => time),
    values: Float64Array.from(points, ([, value]) => value),
  }
}

/** A number as ClickHouse prints it: infinities are `inf` and `-inf`. */
function numberOf(text: string): number {
  if (text === 'inf') return Number.POSITIVE_INFINITY
  return text === '-inf' ? Number.NEGATIVE_INFINITY : Number(text)
}
