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
  /** Its first start in the range, Unix ns. */
  readonly first: string
}

type Search = Parameters<TraceReader['search']>[0]

/** Finds an org's traces by keyset, the newest first. */
export async function searchTraces(clickhouse: ClickHouse, orgId: string, query: Search): Promise<TracePage> {
  const position = query.after === null ? null : decodeCursor(query.after, 'traces', [isNanoseconds, isTraceId])
  const after = position === null ? null : { first: String(position[0]), trace_id: String(position[1]) }
  const rows =
    (await newestTraces(clickhouse, orgId, query, after)) ??
    (await readFound(clickhouse, orgId, query, after, query.first + 1))
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

/** Ranges from this length on are first looked at from their end, ms. */
const LONG_MS = 600_000
/** How much of a long range that is. */
const NEAR = 1 / 16
/** Traces that may turn out to have begun before it. */
const SPARE = 20

/**
 * A page from the end of a long range, or from what lies right before the cursor, so that the newest traces of a day do
 * not take a scan of the day. A trace that was found there and whose first start of all lies there too has no span in
 * the rest of the range, so that its place is known. Null where too few are sure: then the whole range has to be read.
 */
async function newestTraces(
  clickhouse: ClickHouse,
  orgId: string,
  query: Search,
  after: Found | null,
): Promise<readonly Found[] | null> {
  const length = query.to - query.from
  const end = after === null ? query.to : Number(BigInt(after.first) / 1_000_000n)
  const from = Math.floor(end - length * NEAR)
  if (length < LONG_MS || from <= query.from) return null
  const limit = query.first + 1 + SPARE
  const rows = await readFound(clickhouse, orgId, { ...query, from }, after, limit)
  if (rows.length <= query.first) return null
  const extents = await readWithin<Found>(
    clickhouse,
    `SELECT trace_id, toString(toUnixTimestamp64Nano(min(first_start))) AS first FROM traces
     WHERE org_id = {org:String} AND trace_id IN {ids:Array(String)} GROUP BY trace_id`,
    { org: orgId, ids: rows.map(({ trace_id }) => trace_id) },
    query,
  )
  const began = new Map(extents.map(({ trace_id, first }) => [trace_id, BigInt(first)]))
  const nsOf = (ms: number) => BigInt(ms) * 1_000_000n
  // One that began before the whole range may have its first span in it anywhere.
  if (rows.some(({ trace_id }) => (began.get(trace_id) ?? 0n) < nsOf(query.from))) return null
  const sure = rows.filter(({ trace_id }) => (began.get(trace_id) ?? 0n) >= nsOf(from))
  return sure.length > query.first ? sure.slice(0, query.first + 1) : null
}

function readFound(
  clickhouse: ClickHouse,
  orgId: string,
  query: Search,
  after: Found | null,
  limit: number,
): Promise<Found[]> {
  const beyond = after === null ? '' : '(first, trace_id) < ({ns:Int64}, {after:String})'
  const found = foundTraces(orgId, query, beyond)
  return readWithin<Found>(
    clickhouse,
    `SELECT trace_id, toString(first) AS first FROM (${found.sql}) AS found
     ORDER BY found.first DESC, trace_id DESC LIMIT {limit:UInt32}`,
    { ...found.params, limit, ...(after === null ? {} : { ns: after.first, after: after.trace_id }) },
    query,
  )
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
