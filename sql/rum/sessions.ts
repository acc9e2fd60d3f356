import type { RumReader, RumSession } from '../../schema/ports/rum.js'
import type { ClickHouse } from '../clients.js'
import { decodeCursor, encodeCursor, isNanoseconds, isText } from '../cursor.js'
import { readWithin } from '../query-bounds.js'
import { rfc3339 } from '../rfc3339.js'
import { scopeOf } from './scope.js'

interface SessionRow {
  readonly id: string
  readonly started: string
  readonly ended: string
  readonly events: number
  readonly pages: number
  readonly views: number
  readonly errors: number
  readonly entry_page: string
  readonly said_app: string
  readonly said_user: string
  readonly said_country: string
  readonly said_browser: string
  readonly said_os: string
  readonly said_device: string
}

/** What the first event of a session that says it says of a column. */
const said = (column: string): string => `argMinIf(${column}, (ts, batch_id, item), ${column} != '')`

const SESSION_COLUMNS = `session_id AS id, toString(toUnixTimestamp64Nano(min(ts))) AS started,
  toString(toUnixTimestamp64Nano(max(ts))) AS ended, count() AS events, uniqExactIf(page, page != '') AS pages,
  countIf(type = 'view') AS views, countIf(type = 'error') AS errors, ${said('page')} AS entry_page,
  ${said('app')} AS said_app, ${said('user_id')} AS said_user, ${said('country')} AS said_country,
  ${said('browser')} AS said_browser, ${said('os')} AS said_os, ${said('device')} AS said_device`

/**
 * Sessions by their first event in the range, the newest first. A cursor names a start and an id, which later events
 * of a session leave as they are.
 */
export async function rumSessions(
  clickhouse: ClickHouse,
  orgId: string,
  { first, after, signal, bounds, ...asked }: Parameters<RumReader['sessions']>[0],
): ReturnType<RumReader['sessions']> {
  const { range, where, narrows, params } = scopeOf(orgId, asked)
  const position = after === null ? null : decodeCursor(after, 'sessions', [isNanoseconds, isText])
  const met = narrows ? `AND session_id IN (SELECT session_id FROM rum WHERE ${where})` : ''
  const beyond = position === null ? '' : 'HAVING (start, id) < (fromUnixTimestamp64Nano({ns:Int64}), {session:String})'
  // First which sessions, by the least that tells, then what they are: a page of 50,000 sessions in a tenth of the time.
  const page = `SELECT id FROM (SELECT session_id AS id, min(ts) AS start FROM rum
    WHERE ${range} AND session_id != '' ${met}
    GROUP BY id ${beyond} ORDER BY start DESC, id DESC LIMIT {limit:UInt32})`
  const rows = await readWithin<SessionRow>(
    clickhouse,
    `SELECT ${SESSION_COLUMNS} FROM rum WHERE ${range} AND session_id IN (${page})
     GROUP BY id ORDER BY min(ts) DESC, id DESC`,
    { ...params, limit: first + 1, ...(position === null ? {} : { ns: position[0], session: position[1] }) },
    { signal, bounds },
  )
  const items = rows
    .slice(0, first)
    .map((row) => ({ cursor: encodeCursor([row.started, row.id]), value: toSession(row) }))
  return { items, hasNextPage: rows.length > first }
}

/** One session; null when the range has no event of it. */
export async function rumSession(
  clickhouse: ClickHouse,
  orgId: string,
  { id, signal, bounds, ...asked }: Parameters<RumReader['session']>[0],
): Promise<RumSession | null> {
  if (id === '') return null
  const { range, params } = scopeOf(orgId, asked)
  const rows = await readWithin<SessionRow>(
    clickhouse,
    `SELECT ${SESSION_COLUMNS} FROM rum WHERE ${range} AND session_id = {session:String} GROUP BY id`,
    { ...params, session: id },
    { signal, bounds },
  )
  return rows[0] === undefined ? null : toSession(rows[0])
}

function toSession(row: SessionRow): RumSession {
  return {
    id: row.id,
    startedAt: rfc3339(row.started),
    endedAt: rfc3339(row.ended),
    durationMs: Number(BigInt(row.ended) - BigInt(row.started)) / 1e6,
    events: row.events,
    pages: row.pages,
    views: row.views,
    errors: row.errors,
    entryPage: row.entry_page || null,
    app: row.said_app || null,
    user: row.said_user || null,
    country: row.said_country || null,
    browser: row.said_browser || null,
    os: row.said_os || null,
    device: row.said_device || null,
  }
}
