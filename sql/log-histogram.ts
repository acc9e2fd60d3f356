import { compileLogFilter, createParamSink, lineHintsSql, parseLogSelector } from '../query/logql/index.js'
import type { LogBucket, LogSeriesReader } from '../schema/ports/series.js'
import type { ClickHouse } from './clients.js'
import { readWithin } from './query-bounds.js'

interface Row {
  readonly bucket: number
  readonly level: string
  readonly count: string
}

/** Counts an org's records by level in buckets of one width. */
export async function logHistogram(
  clickhouse: ClickHouse,
  orgId: string,
  { selector, from, to, widthMs, ...limits }: Parameters<LogSeriesReader['histogram']>[0],
): Promise<readonly LogBucket[]> {
  const params = createParamSink()
  const parsed = parseLogSelector(selector)
  const filter = [...lineHintsSql(parsed.stages, params), compileLogFilter(parsed, params)].join(' AND ')
  const rows = await readWithin<Row>(
    clickhouse,
    `SELECT toUInt32(intDiv(toUnixTimestamp64Milli(ts) - {from:Int64}, {width:Int64})) AS bucket, level,
       toString(count()) AS count
     FROM logs
     WHERE org_id = {org:String} AND ts >= fromUnixTimestamp64Milli({from:Int64})
       AND ts < fromUnixTimestamp64Milli({to:Int64}) AND ${filter}
     GROUP BY bucket, level ORDER BY bucket, level`,
    { ...params.values, org: orgId, from: String(from), to: String(to), width: String(widthMs) },
    limits,
  )
  return rows.map(({ bucket, level, count }) => ({ at: from + bucket * widthMs, level, count }))
}
