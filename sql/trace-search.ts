import { QueryError } from '../schema/domain/query-error.js'
import { readTraceId } from '../schema/domain/trace.js'
import type { TracePage, TraceReader, TraceSummary } from '../schema/ports/traces.js'
import type { ClickHouse } from './clients.js'
import { READ_BOUNDS, readWithin } from './query-bounds.js'
import { rfc3339 } from './rfc3339.js'
import { foundTraces } from './trace-found.js'

/** Services that a summary names at most. */
const MAX_SERVICES = 100

/** Where a page ended: the trace's first start in the range, Unix ns, and its id. */
type Position = readonly [ns: string, traceId: string]

interface Found {
  readonly trace_id: string
  readonly first: string
}

/** Finds an org's traces by keyset, the newest first. */
export async function searchTraces(
  clickhouse: ClickHouse,
  orgId: string,
  query: Parameters<TraceReader['search']>[0],
): Promise<TracePage> {
  const position = query.after === null ? null : decodeCursor(query.after)
  const beyond = position === null ? '' : '(first, trace_id) < ({ns:Int64}, {after:String})'
  const found = foundTraces(orgId, query, beyond)
  const rows = await readWithin<Found>(
    clickhouse,
    `SELECT trace_id, toString(first) AS first FROM (${found.sql}) AS found
     ORDER BY found.first DESC, trace_id DESC LIMIT {limit:UInt32}`,
    {
      ...found.params,
      limit: query.first + 1,
      ...(position === null ? {} : { ns: position[0], after: position[1] }),
    },
    READ_BOUNDS,
    query.signal,
  )
  const page = rows.slice(0, query.first)
  const ids = page.map(({ trace_id }) => trace_id)
  const summaries = await summariesOf(clickhouse, orgId, ids, query.signal)
  return {
    traces: page.flatMap((row) => {
      const summary = summaries.get(row.trace_id)
      return summary === undefined ? [] : [{ cursor: encodeCursor(row), summary }]
    }),
    hasNextPage: rows.length > query.first,
  }
}

interface Extent {
  readonly first: string
  readonly last: string
}

interface SummaryRow {
  readonly trace_id: string
  readonly first: string
  readonly last: string
  readonly spans: number
  readonly errors: number
  readonly services: readonly string[]
  readonly roots: number
  readonly root_service: string
  readonly root_name: string
}

/** Traces as a whole, by id. When they were is looked up first, so that no other partition is read. */
async function summariesOf(
  clickhouse: ClickHouse,
  orgId: string,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, TraceSummary>> {
  if (ids.length === 0) return new Map()
  const [extent] = await readWithin<Extent>(
    clickhouse,
    `SELECT toString(toUnixTimestamp64Nano(min(first_start))) AS first,
       toString(toUnixTimestamp64Nano(max(last_end))) AS last
     FROM traces WHERE org_id = {org:String} AND trace_id IN {ids:Array(String)}`,
    { org: orgId, ids },
    READ_BOUNDS,
    signal,
  )
  if (extent === undefined) return new Map()
  const rows = await readWithin<SummaryRow>(
    clickhouse,
    `SELECT trace_id, toString(min(toUnixTimestamp64Nano(ts))) AS first,
       toString(max(toUnixTimestamp64Nano(ts) + toInt64(duration_ns))) AS last, count() AS spans,
       countIf(status = 'error') AS errors, arraySort(groupUniqArray(${MAX_SERVICES})(service)) AS services,
       countIf(parent_span_id = '') AS roots,
       argMinIf(service, (ts, service, span_id), parent_span_id = '') AS root_service,
       argMinIf(name, (ts, service, span_id), parent_span_id = '') AS root_name
     FROM spans
     WHERE org_id = {org:String} AND trace_id IN {ids:Array(String)}
       AND ts >= fromUnixTimestamp64Nano({from:Int64}) AND ts <= fromUnixTimestamp64Nano({to:Int64})
     GROUP BY trace_id`,
    { org: orgId, ids, from: extent.first, to: extent.last },
    READ_BOUNDS,
    signal,
  )
  return new Map(rows.map((row) => [row.trace_id, toSummary(row)]))
}

function toSummary(row: SummaryRow): TraceSummary {
  return {
    traceId: row.trace_id,
    rootService: row.roots > 0 ? row.root_service : null,
    rootName: row.roots > 0 ? row.root_name : null,
    startedAt: rfc3339(row.first),
    durationMs: Number(BigInt(row.last) - BigInt(row.first)) / 1e6,
    spanCount: row.spans,
    errorCount: row.errors,
    services: row.services,
  }
}

function encodeCursor({ first, trace_id }: Found): string {
  return Buffer.from(JSON.stringify([first, trace_id])).toString('base64url')
}

function decodeCursor(cursor: string): Position {
  try {
    const position: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    if (Array.isArray(position) && position.length === 2) {
      const [ns, traceId] = position as unknown[]
      const isNs = typeof ns === 'string' && /^-?\d{1,18}$|^-?[1-8]\d{18}$/.test(ns)
      if (isNs && typeof traceId === 'string' && readTraceId(traceId) === traceId) return [ns, traceId]
    }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new QueryError('`after` is no cursor of a list of traces; expected one that this list handed out.', 1, 1)
}
