import { readTraceId } from '../schema/domain/trace.js'
import type { ReadLimits } from '../schema/ports/series.js'
import type { TracePage, TraceReader, TraceSummary } from '../schema/ports/traces.js'
import type { ClickHouse } from './clients.js'
import { decodeCursor, encodeCursor, isNanoseconds } from './cursor.js'
import { readWithin } from './query-bounds.js'
import { rfc3339 } from './rfc3339.js'
import { foundTraces } from './trace-found.js'

/** Services that a summary names at most. */
const MAX_SERVICES = 100

const isTraceId = (part: unknown): boolean => typeof part === 'string' && readTraceId(part) === part

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
  const position = query.after === null ? null : decodeCursor(query.after, 'traces', [isNanoseconds, isTraceId])
  const beyond = position === null ? '' : '(first, trace_id) < ({ns:Int64}, {after:String})'
  const found = foundTraces(orgId, query, beyond)
  const rows = await readWithin<Found>(
    clickhouse,
    `SELECT trace_id, toString(first) AS first FROM (${found.sql}) AS found
     ORDER BY found.first DESC, trace_id DESC LIMIT {limit:UInt32}`,
    {
      ...found.params,
      limit: query.first + 1,
      ...(position === null ? {} : { ns: position[0] ?? '', after: position[1] ?? '' }),
    },
    query,
  )
  const page = rows.slice(0, query.first)
  const ids = page.map(({ trace_id }) => trace_id)
  const summaries = await summariesOf(clickhouse, orgId, ids, query)
  return {
    traces: page.flatMap((row) => {
      const summary = summaries.get(row.trace_id)
      return summary === undefined ? [] : [{ cursor: encodeCursor([row.first, row.trace_id]), summary }]
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
  limits: ReadLimits,
): Promise<ReadonlyMap<string, TraceSummary>> {
  if (ids.length === 0) return new Map()
  const [extent] = await readWithin<Extent>(
    clickhouse,
    `SELECT toString(toUnixTimestamp64Nano(min(first_start))) AS first,
       toString(toUnixTimestamp64Nano(max(last_end))) AS last
     FROM traces WHERE org_id = {org:String} AND trace_id IN {ids:Array(String)}`,
    { org: orgId, ids },
    limits,
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
    limits,
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
