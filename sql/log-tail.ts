import { compileLogFilter, createParamSink, lineHintsSql, parseLogSelector } from '../query/logql/index.js'
import { QUERY_BOUNDS } from '../schema/domain/query-bounds.js'
import type { LogTailReader, NewLogs } from '../schema/ports/telemetry.js'
import type { ClickHouse, QueryParams } from './clients.js'
import { pageOf } from './log-reader.js'
import { beyondSql, LOG_ROW_SQL, type LogRow, logPosition, withinReach } from './log-row.js'
import { readWithin } from './query-bounds.js'

/** Reads an org's logs by the flushes that brought them, which the index on `flush_id` finds. */
export function createLogTailReader(clickhouse: ClickHouse, orgId: string): LogTailReader {
  return {
    async page({ first, newest, signal, bounds = QUERY_BOUNDS, ...query }) {
      const { sql, params } = conditionSql(orgId, query)
      const order = newest ? 'DESC' : 'ASC'
      const rows = await readWithin<LogRow>(
        clickhouse,
        `SELECT ${LOG_ROW_SQL} FROM logs WHERE ${sql}
         ORDER BY ts ${order}, batch_id ${order}, item ${order} LIMIT {limit:UInt32}`,
        { ...params, limit: first + 1 },
        { bounds: { ...bounds, rows: 0 }, signal },
      )
      const page = pageOf(rows, first)
      return newest ? { ...page, records: [...page.records].reverse() } : page
    },

    async count({ signal, bounds = QUERY_BOUNDS, ...query }) {
      const { sql, params } = conditionSql(orgId, query)
      const [row] = await readWithin<{ records: number }>(
        clickhouse,
        `SELECT count() AS records FROM logs WHERE ${sql}`,
        params,
        { bounds: { ...bounds, rows: 0 }, signal },
      )
      return row?.records ?? 0
    },
  }
}

function conditionSql(
  orgId: string,
  { selector, before, after, from, to, beyond }: Omit<NewLogs, 'signal' | 'bounds'>,
): { readonly sql: string; readonly params: QueryParams } {
  const sink = createParamSink()
  const parsed = parseLogSelector(selector)
  const filter = [...lineHintsSql(parsed.stages, sink), compileLogFilter(parsed, sink)].join(' AND ')
  const past = beyondSql(beyond === null ? null : logPosition(beyond), 'ASC')
  // The least of them by itself, since an index understands a comparison and no list of exceptions.
  const [least = before.upTo + 1n] = [...before.except].sort((a, b) => (a < b ? -1 : 1))
  const sql = `org_id = {org:String} AND flush_id >= {least:UInt64} AND flush_id <= {upTo:UInt64}
    AND (flush_id > {seen:UInt64} OR has({wereOpen:Array(UInt64)}, flush_id))
    AND NOT has({open:Array(UInt64)}, flush_id)
    AND ts >= fromUnixTimestamp64Milli({from:Int64}) AND ts < fromUnixTimestamp64Milli({to:Int64})
    AND ${filter} ${past.sql}`
  const params = {
    ...sink.values,
    ...past.params,
    org: orgId,
    least: String(least),
    upTo: String(after.upTo),
    seen: String(before.upTo),
    wereOpen: [...before.except],
    open: [...after.except],
    from: withinReach(from),
    to: withinReach(to),
  }
  return { sql, params }
}
