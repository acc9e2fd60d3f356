import type { ReadLimits } from '../schema/ports/series.js'
import type { TraceExtent, TraceReader } from '../schema/ports/traces.js'
import type { ClickHouse } from './clients.js'
import { readWithin } from './query-bounds.js'
import { rfc3339 } from './rfc3339.js'
import { serviceMap } from './service-map.js'
import { traceFacts } from './trace-facts.js'
import { searchTraces } from './trace-search.js'
import { traceSkeleton } from './trace-skeleton.js'
import { traceSpans } from './trace-spans.js'

/** Reads an org's traces in ClickHouse. */
export function createTraceReader(clickhouse: ClickHouse, orgId: string): TraceReader {
  return {
    extent: (traceId, limits = {}) => traceExtent(clickhouse, orgId, traceId, limits),
    skeleton: (traceId, extent, limits = {}) => traceSkeleton(clickhouse, orgId, traceId, extent, limits),
    spans: (traceId, wanted, limits = {}) => traceSpans(clickhouse, orgId, traceId, wanted, limits),
    search: (query) => searchTraces(clickhouse, orgId, query),
    facts: (query) => traceFacts(clickhouse, orgId, query),
    serviceMap: (query) => serviceMap(clickhouse, orgId, query),
  }
}

interface Row {
  readonly first: string
  readonly last: string
  readonly spans: string
}

async function traceExtent(
  clickhouse: ClickHouse,
  orgId: string,
  traceId: string,
  limits: ReadLimits,
): Promise<TraceExtent | null> {
  const [row] = await readWithin<Row>(
    clickhouse,
    `SELECT toString(toUnixTimestamp64Nano(min(first_start))) AS first,
       toString(toUnixTimestamp64Nano(max(last_end))) AS last, toString(sum(spans)) AS spans
     FROM traces WHERE org_id = {org:String} AND trace_id = {trace:String} GROUP BY trace_id`,
    { org: orgId, trace: traceId },
    limits,
  )
  if (row === undefined) return null
  return {
    startedAt: rfc3339(row.first),
    firstStartNs: BigInt(row.first),
    lastEndNs: BigInt(row.last),
    spanCount: Number(row.spans),
  }
}
