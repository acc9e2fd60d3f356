import { compileLogFilter, createParamSink, lineHintsSql, parseLogSelector } from '../query/logql/index.js'
import { QUERY_BOUNDS } from '../schema/domain/query-bounds.js'
import { CursorError } from '../schema/ports/control-plane.js'
import type { LogPage, LogReader } from '../schema/ports.js'
import type { ClickHouse } from './clients.js'
import {
  beyondSql,
  LOG_ROW_SQL,
  type LogPosition,
  type LogRow,
  logCursor,
  logPosition,
  toRecord,
  withinReach,
} from './log-row.js'
import { readWithin } from './query-bounds.js'

/** Reads an org's logs by keyset: a page begins right after the record that the cursor names. */
export function createLogReader(clickhouse: ClickHouse, orgId: string): LogReader {
  return {
    async search({ selector, from, to, first, after, order, signal, bounds = QUERY_BOUNDS }): Promise<LogPage> {
      const params = createParamSink()
      const parsed = parseLogSelector(selector)
      const filter = [...lineHintsSql(parsed.stages, params), compileLogFilter(parsed, params)].join(' AND ')
      const beyond = beyondSql(after === null ? null : logPosition(after), order)
      const rows = await readWithin<LogRow>(
        clickhouse,
        `SELECT ${LOG_ROW_SQL}
         FROM logs
         WHERE org_id = {org:String} AND ts >= fromUnixTimestamp64Milli({from:Int64})
           AND ts < fromUnixTimestamp64Milli({to:Int64}) AND ${filter} ${beyond.sql}
         ORDER BY ts ${order}, batch_id ${order}, item ${order}
         LIMIT {limit:UInt32}`,
        {
          ...params.values,
          ...beyond.params,
          org: orgId,
          from: withinReach(from),
          to: withinReach(to),
          limit: first + 1,
        },
        // ClickHouse judges rows before it reads, and would refuse a page that it finds at once in a long range.
        { bounds: { ...bounds, rows: 0 }, signal },
      )
      return pageOf(rows, first)
    },

    async find({ id, ...limits }) {
      const position = positionOf(id)
      if (position === null) return null
      const [ns, batch, item] = position
      const [row] = await readWithin<LogRow>(
        clickhouse,
        `SELECT ${LOG_ROW_SQL}
         FROM logs
         WHERE org_id = {org:String} AND ts = fromUnixTimestamp64Nano({ns:Int64}) AND batch_id = {batch:UUID}
           AND item = {item:UInt32}
         LIMIT 1`,
        { org: orgId, ns, batch, item },
        limits,
      )
      return row === undefined ? null : toRecord(row)
    },
  }
}

/** The place that an id names; null for what is no id of a record. */
function positionOf(id: string): LogPosition | null {
  try {
    return logPosition(id)
  } catch (error) {
    if (!(error instanceof CursorError)) throw error
    return null
  }
}

/** A page of at most `first`, of rows of which one more was asked for. */
export function pageOf(rows: readonly LogRow[], first: number): LogPage {
  const records = rows.slice(0, first).map((row) => ({ cursor: logCursor(row), record: toRecord(row) }))
  return { records, hasNextPage: rows.length > first }
}
