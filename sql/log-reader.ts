import { compileLogFilter, createParamSink, parseLogSelector } from '../query/logql/index.js'
import { QUERY_BOUNDS } from '../schema/domain/query-bounds.js'
import { QueryError } from '../schema/domain/query-error.js'
import type { LogRecord } from '../schema/domain/telemetry.js'
import type { LogPage, LogReader } from '../schema/ports.js'
import type { ClickHouse } from './clients.js'
import { readWithin } from './query-bounds.js'
import { rfc3339 } from './rfc3339.js'

interface Row {
  ns: string
  service: string
  level: string
  message: string
  trace_id: string
  span_id: string
  strings: Record<string, string>
  numbers: Record<string, number>
  bools: Record<string, boolean>
  batch: string
  item: number
}

/** Where a page ended: time in Unix ns, batch and item. Unique, so a cursor is stable however much is inserted. */
type Position = readonly [ns: string, batchId: string, item: number]

/** Reads an org's logs by keyset: a page begins right after the record that the cursor names. */
export function createLogReader(clickhouse: ClickHouse, orgId: string): LogReader {
  return {
    async search({ selector, from, to, first, after, order, signal, bounds = QUERY_BOUNDS }): Promise<LogPage> {
      const params = createParamSink()
      const filter = compileLogFilter(parseLogSelector(selector), params)
      const position = after === null ? null : decodeCursor(after)
      const compared = order === 'DESC' ? '<' : '>'
      const beyond =
        position === null
          ? ''
          : `AND (ts, batch_id, item) ${compared} (fromUnixTimestamp64Nano({ns:Int64}), {batch:UUID}, {item:UInt32})`
      const rows = await readWithin<Row>(
        clickhouse,
        `SELECT toString(toUnixTimestamp64Nano(ts)) AS ns, service, level, message, trace_id, span_id,
           attributes_string AS strings, attributes_number AS numbers, attributes_bool AS bools,
           toString(batch_id) AS batch, item
         FROM logs
         WHERE org_id = {org:String} AND ts >= fromUnixTimestamp64Milli({from:Int64})
           AND ts < fromUnixTimestamp64Milli({to:Int64}) AND (${filter}) ${beyond}
         ORDER BY ts ${order}, batch_id ${order}, item ${order}
         LIMIT {limit:UInt32}`,
        {
          ...params.values,
          org: orgId,
          from: String(withinReach(from)),
          to: String(withinReach(to)),
          limit: first + 1,
          ...(position === null ? {} : { ns: position[0], batch: position[1], item: position[2] }),
        },
        // ClickHouse judges rows before it reads, and would refuse a page that it finds at once in a long range.
        { bounds: { ...bounds, rows: 0 }, signal },
      )
      const records = rows.slice(0, first).map((row) => ({ cursor: encodeCursor(row), record: toRecord(row) }))
      return { records, hasNextPage: rows.length > first }
    },
  }
}

/** A time as ClickHouse can compare it: nanoseconds reach from 1900 into 2262 (Unix ms), and past it a query fails. */
function withinReach(ms: number): number {
  return Math.min(Math.max(ms, -2_208_988_800_000), 9_223_372_036_000)
}

function toRecord(row: Row): LogRecord {
  return {
    id: encodeCursor(row),
    at: rfc3339(row.ns),
    service: row.service,
    level: row.level,
    message: row.message,
    traceId: row.trace_id || null,
    spanId: row.span_id || null,
    attributes: { ...row.strings, ...row.numbers, ...row.bools },
  }
}

function encodeCursor(row: Row): string {
  return Buffer.from(JSON.stringify([row.ns, row.batch, row.item])).toString('base64url')
}

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/

function decodeCursor(cursor: string): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(position) && position.length === 3) {
      const [ns, batchId, item] = position as unknown[]
      const isNs = typeof ns === 'string' && /^-?\d{1,18}$|^-?[1-8]\d{18}$/.test(ns)
      const isItem = typeof item === 'number' && Number.isInteger(item) && item >= 0 && item < 2 ** 32
      if (isNs && typeof batchId === 'string' && UUID.test(batchId) && isItem) return [ns, batchId, item]
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new QueryError('`after` is no cursor of a list of logs; expected one that this list handed out.', 1, 1)
}
