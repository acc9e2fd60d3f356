import type { RumEvent, RumReader } from '../../schema/ports/rum.js'
import type { ClickHouse } from '../clients.js'
import { decodeCursor, encodeCursor, isNanoseconds, isUInt32, isUuid } from '../cursor.js'
import { readWithin } from '../query-bounds.js'
import { rfc3339 } from '../rfc3339.js'
import { scopeOf } from './scope.js'

interface EventRow {
  readonly ns: string
  readonly batch: string
  readonly item: number
  readonly type: string
  readonly app: string
  readonly session_id: string
  readonly view_id: string
  readonly page: string
  readonly url: string
  readonly name: string
  readonly value: number
  readonly rating: string
  readonly error_type: string
  readonly error_message: string
  readonly error_stack: string
  readonly fingerprint: string
  readonly trace_id: string
  readonly span_id: string
  readonly attribution: Readonly<Record<string, string>>
  readonly strings: Readonly<Record<string, string>>
  readonly numbers: Readonly<Record<string, number>>
  readonly bools: Readonly<Record<string, boolean>>
}

/** Events of one session by time, batch and item: unique, so a cursor is stable however much is inserted. */
export async function rumSessionEvents(
  clickhouse: ClickHouse,
  orgId: string,
  { id, first, after, signal, bounds, ...asked }: Parameters<RumReader['sessionEvents']>[0],
): ReturnType<RumReader['sessionEvents']> {
  const position = after === null ? null : decodeCursor(after, 'events', [isNanoseconds, isUuid, isUInt32])
  if (id === '') return { items: [], hasNextPage: false }
  const { range, params } = scopeOf(orgId, asked)
  const beyond =
    position === null
      ? ''
      : 'AND (ts, batch_id, item) > (fromUnixTimestamp64Nano({ns:Int64}), {batch:UUID}, {item:UInt32})'
  const rows = await readWithin<EventRow>(
    clickhouse,
    `SELECT toString(toUnixTimestamp64Nano(ts)) AS ns, toString(batch_id) AS batch, item, type, app, session_id, view_id,
       page, url, name, value, rating, error_type, error_message, error_stack, fingerprint, trace_id, span_id, attribution,
       attributes_string AS strings, attributes_number AS numbers, attributes_bool AS bools
     FROM rum WHERE ${range} AND session_id = {session:String} ${beyond}
     ORDER BY ts, batch_id, item LIMIT {limit:UInt32}`,
    {
      ...params,
      session: id,
      limit: first + 1,
      ...(position === null ? {} : { ns: position[0], batch: position[1], item: position[2] }),
    },
    { signal, bounds },
  )
  const items = rows.slice(0, first).map((row) => {
    const cursor = encodeCursor([row.ns, row.batch, row.item])
    return { cursor, value: toEvent(row, cursor) }
  })
  return { items, hasNextPage: rows.length > first }
}

function toEvent(row: EventRow, id: string): RumEvent {
  return {
    id,
    at: rfc3339(row.ns),
    type: row.type,
    app: row.app || null,
    session: row.session_id || null,
    view: row.view_id || null,
    page: row.page || null,
    url: row.url || null,
    name: row.name || null,
    value: row.value,
    rating: row.rating || null,
    error:
      row.fingerprint === ''
        ? null
        : {
            fingerprint: row.fingerprint,
            type: row.error_type || null,
            message: row.error_message,
            stack: row.error_stack || null,
          },
    traceId: row.trace_id || null,
    spanId: row.span_id || null,
    attribution: row.attribution,
    attributes: { ...row.strings, ...row.numbers, ...row.bools },
  }
}
