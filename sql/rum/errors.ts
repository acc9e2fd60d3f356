import type { RumErrorGroup, RumReader, RumShare } from '../../schema/ports/rum.js'
import type { ReadLimits } from '../../schema/ports/series.js'
import type { ClickHouse } from '../clients.js'
import { type CursorPart, decodeCursor, encodeCursor, isText, isUInt64 } from '../cursor.js'
import { readWithin } from '../query-bounds.js'
import { rfc3339 } from '../rfc3339.js'
import { type Scope, scopeOf } from './scope.js'

/** Bars of a group's histogram, at most. */
const BARS = 24
/** Browsers and pages that a group names, at most. */
const SHARES = 10

interface GroupRow {
  readonly id: string
  readonly n: string
  readonly sessions: number
  readonly first_ns: string
  readonly last_ns: string
  readonly newest_flush: string
}

interface DetailRow {
  readonly id: string
  readonly kind: string
  readonly message: string
  readonly stack: string
  readonly session: string
  readonly bars: Readonly<Record<string, number>>
  readonly browsers: readonly (readonly [value: string, count: number])[]
  readonly pages: readonly (readonly [value: string, count: number])[]
}

const NEWEST = '(ts, batch_id, item)'
const UP_TO = 'AND flush_id <= {upTo:UInt64}'

/**
 * Errors by fingerprint, the most frequent first. A cursor names a count and a fingerprint, and the newest flush that
 * the first page saw: later pages look no further, so that counts stay what they were.
 */
export async function rumErrors(
  clickhouse: ClickHouse,
  orgId: string,
  { first, after, signal, bounds, ...asked }: Parameters<RumReader['errors']>[0],
): ReturnType<RumReader['errors']> {
  const scope = scopeOf(orgId, asked)
  const position = after === null ? null : decodeCursor(after, 'errors', [isUInt64, isText, isUInt64])
  const rows = await readGroups(clickhouse, scope, position, first + 1, { signal, bounds })
  const shown = rows.slice(0, first)
  if (shown.length === 0) return { items: [], hasNextPage: false }
  const upTo = String(position?.[2] ?? shown[0]?.newest_flush)
  const widthMs = Math.ceil((asked.to - asked.from) / BARS)
  const details = await readDetails(
    clickhouse,
    scope,
    { ids: shown.map(({ id }) => id), upTo, widthMs },
    { signal, bounds },
  )
  const items = shown.flatMap((row) => {
    const detail = details.get(row.id)
    if (detail === undefined) return []
    const value = toGroup(row, detail, barTimes(asked.from, asked.to, widthMs))
    return [{ cursor: encodeCursor([row.n, row.id, upTo]), value }]
  })
  return { items, hasNextPage: rows.length > first }
}

function readGroups(
  clickhouse: ClickHouse,
  { where, params }: Scope,
  position: readonly CursorPart[] | null,
  limit: number,
  limits: ReadLimits,
): Promise<GroupRow[]> {
  const beyond = position === null ? '' : 'HAVING (count(), id) < ({n:UInt64}, {fingerprint:String})'
  return readWithin<GroupRow>(
    clickhouse,
    `SELECT fingerprint AS id, toString(count()) AS n, uniqExactIf(session_id, session_id != '') AS sessions,
       toString(toUnixTimestamp64Nano(min(ts))) AS first_ns, toString(toUnixTimestamp64Nano(max(ts))) AS last_ns,
       toString(max(max(flush_id)) OVER ()) AS newest_flush
     FROM rum WHERE ${where} AND type = 'error' AND fingerprint != '' ${position === null ? '' : UP_TO}
     GROUP BY id ${beyond} ORDER BY count() DESC, id DESC LIMIT {limit:UInt32}`,
    {
      ...params,
      limit,
      ...(position === null ? {} : { n: position[0], fingerprint: position[1], upTo: position[2] }),
    },
    limits,
  )
}

/** What only the groups of one page need. */
async function readDetails(
  clickhouse: ClickHouse,
  { where, params }: Scope,
  { ids, upTo, widthMs }: { readonly ids: readonly string[]; readonly upTo: string; readonly widthMs: number },
  limits: ReadLimits,
): Promise<ReadonlyMap<string, DetailRow>> {
  const rows = await readWithin<DetailRow>(
    clickhouse,
    `SELECT fingerprint AS id, argMax(error_type, ${NEWEST}) AS kind, argMax(error_message, ${NEWEST}) AS message,
       argMax(error_stack, ${NEWEST}) AS stack, argMax(session_id, ${NEWEST}) AS session,
       sumMap(map(toUInt32(intDiv(toUnixTimestamp64Milli(ts) - {from:Int64}, {width:Int64})), toUInt64(1))) AS bars,
       ${sharesSql('browser')} AS browsers, ${sharesSql('page')} AS pages
     FROM rum WHERE ${where} AND type = 'error' AND fingerprint IN {ids:Array(String)} ${UP_TO}
     GROUP BY id`,
    { ...params, ids, upTo, width: String(widthMs) },
    limits,
  )
  return new Map(rows.map((row) => [row.id, row]))
}

/** The most frequent values of a column with their counts, equal counts in byte order. */
function sharesSql(column: string): string {
  const counts = `sumMapIf(map(CAST(${column}, 'String'), toInt64(1)), ${column} != '')`
  const sorted = `arraySort(pair -> (-pair.2, pair.1), arrayZip(mapKeys(${counts}), mapValues(${counts})))`
  return `arraySlice(${sorted}, 1, ${SHARES})`
}

function barTimes(from: number, to: number, widthMs: number): readonly number[] {
  return Array.from({ length: Math.ceil((to - from) / widthMs) }, (_, i) => from + i * widthMs)
}

function toGroup(row: GroupRow, detail: DetailRow, bars: readonly number[]): RumErrorGroup {
  return {
    fingerprint: row.id,
    type: detail.kind || null,
    message: detail.message,
    stack: detail.stack || null,
    session: detail.session || null,
    count: Number(row.n),
    sessions: row.sessions,
    firstAt: rfc3339(row.first_ns),
    lastAt: rfc3339(row.last_ns),
    browsers: detail.browsers.map(toShare),
    pages: detail.pages.map(toShare),
    histogram: bars.map((at, i) => ({ at, count: detail.bars[i] ?? 0 })),
  }
}

function toShare([value, count]: readonly [string, number]): RumShare {
  return { value, count }
}
