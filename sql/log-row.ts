import type { LogRecord } from '../schema/domain/telemetry.js'
import { decodeCursor, encodeCursor, isNanoseconds, isUInt32, isUuid } from './cursor.js'
import { rfc3339 } from './rfc3339.js'

/** A row of a list of logs, as `LOG_ROW_SQL` selects it. */
export interface LogRow {
  readonly ns: string
  readonly service: string
  readonly level: string
  readonly message: string
  readonly trace_id: string
  readonly span_id: string
  readonly strings: Record<string, string>
  readonly numbers: Record<string, number>
  readonly bools: Record<string, boolean>
  readonly batch: string
  readonly item: number
}

/** What is selected from table `logs` for a `LogRow`. */
export const LOG_ROW_SQL = `toString(toUnixTimestamp64Nano(ts)) AS ns, service, level, message, trace_id, span_id,
  attributes_string AS strings, attributes_number AS numbers, attributes_bool AS bools, toString(batch_id) AS batch, item`

/** Where a page ended: time in Unix ns, batch and item. Unique, so a cursor is stable however much is inserted. */
export type LogPosition = readonly [ns: string, batchId: string, item: number]

export function toRecord(row: LogRow): LogRecord {
  return {
    id: logCursor(row),
    at: rfc3339(row.ns),
    service: row.service,
    level: row.level,
    message: row.message,
    traceId: row.trace_id || null,
    spanId: row.span_id || null,
    attributes: { ...row.strings, ...row.numbers, ...row.bools },
  }
}

/** A record's place in every list, which is its id too. */
export function logCursor(row: Pick<LogRow, 'ns' | 'batch' | 'item'>): string {
  return encodeCursor([row.ns, row.batch, row.item])
}

/**
 * The place that a cursor names.
 *
 * @throws CursorError
 */
export function logPosition(cursor: string): LogPosition {
  const [ns, batch, item] = decodeCursor(cursor, 'logs', [isNanoseconds, isUuid, isUInt32])
  return [String(ns), String(batch), Number(item)]
}

/** A condition that holds beyond a position in the order of lists, and the parameters it needs. */
export function beyondSql(position: LogPosition | null, order: 'ASC' | 'DESC') {
  if (position === null) return { sql: '', params: {} }
  const [ns, batch, item] = position
  const sql = `AND (ts, batch_id, item) ${order === 'DESC' ? '<' : '>'} (fromUnixTimestamp64Nano({ns:Int64}), {batch:UUID}, {item:UInt32})`
  return { sql, params: { ns, batch, item } }
}

/** A time as ClickHouse can compare it: nanoseconds reach from 1900 into 2262 (Unix ms), and past it a query fails. */
export function withinReach(ms: number): string {
  return String(Math.min(Math.max(Math.floor(ms), -2_208_988_800_000), 9_223_372_036_000))
}
