import type { ServiceKind, ServiceMap, ServiceMapEdge, ServiceMapNode, TraceReader } from '../schema/ports/traces.js'
import type { ClickHouse, QueryParams } from './clients.js'
import { readWithin } from './query-bounds.js'
import { IN_RANGE } from './trace-found.js'

/** Spans that one map reads; of more, one trace in so many is read that about as many remain. */
const MAP_SPANS = 2_000_000
/** Nodes and edges that a map has at most. */
const MOST = 1_000
/** How much earlier than the range a caller may have begun, ms. */
const BEFORE_MS = 300_000

/** What a call to something that sends no spans is told by, after OpenTelemetry's conventions, old names and new. */
const DATABASE = `if(attributes_string['db.system.name'] != '', attributes_string['db.system.name'], attributes_string['db.system'])`
const PEER_NAME = `multiIf(${DATABASE} != '', ${DATABASE}, attributes_string['messaging.system'] != '',
  attributes_string['messaging.system'], attributes_string['peer.service'])`
const PEER_KIND = `multiIf(${DATABASE} != '', 'DATABASE', attributes_string['messaging.system'] != '', 'MESSAGING', 'EXTERNAL')`

const CALLS = `count() AS calls, countIf(status = 'error') AS errors,
  arrayMap(ns -> ns / 1e6, quantilesExact(0.5, 0.95, 0.99)(duration_ns)) AS latencies`

interface CallRow {
  readonly caller: string
  readonly callee: string
  readonly calls: number
  readonly errors: number
  /** P50, P95 and P99, ms. */
  readonly latencies: readonly number[]
}

interface PeerRow extends CallRow {
  readonly kind: ServiceKind
  /** The span takes from the peer: 1 for a consumer. */
  readonly takes: number
}

/**
 * Who called whom. A call is a span whose parent is of another service; and a span that calls or feeds a database, a
 * queue or a named peer which sends no spans itself.
 */
export async function serviceMap(
  clickhouse: ClickHouse,
  orgId: string,
  { from, to, ...limits }: Parameters<TraceReader['serviceMap']>[0],
  mostSpans = MAP_SPANS,
): Promise<ServiceMap> {
  const read = <Row>(sql: string, params: QueryParams = {}) =>
    readWithin<Row>(clickhouse, sql, { org: orgId, from: String(from), to: String(to), ...params }, limits)
  const [counted] = await read<{ spans: number }>(`SELECT count() AS spans FROM spans WHERE ${IN_RANGE}`)
  const spanCount = counted?.spans ?? 0
  const oneIn = Math.max(1, Math.ceil(spanCount / mostSpans))
  const sample = { oneIn }
  const [services, calls, peers] = await Promise.all([
    read<ServiceMapNode>(SERVICES, sample),
    read<CallRow>(SERVICE_CALLS, { ...sample, before: String(from - BEFORE_MS) }),
    read<PeerRow>(PEER_CALLS, sample),
  ])
  const known = new Set(services.map(({ name }) => name))
  const edges = [
    ...calls.map((row) => toEdge(row, 'SERVICE', 'SERVICE', oneIn)),
    ...peers.flatMap((row) => {
      // What sends spans of its own is counted by them.
      if (row.kind === 'EXTERNAL' && known.has(row.callee)) return []
      if (row.takes === 0) return [toEdge(row, 'SERVICE', row.kind, oneIn)]
      return [toEdge({ ...row, caller: row.callee, callee: row.caller }, row.kind, 'SERVICE', oneIn)]
    }),
  ].sort((a, b) => b.calls - a.calls || byName(a.caller + a.callee, b.caller + b.callee))
  const nodes = [
    ...services.map((node) => ({ ...node, spans: node.spans * oneIn, errors: node.errors * oneIn })),
    ...peerNodes(edges),
  ].sort((a, b) => b.spans - a.spans || byName(a.name, b.name))
  const truncated = edges.length > MOST || nodes.length > MOST
  return { nodes: nodes.slice(0, MOST), edges: edges.slice(0, MOST), spanCount, sampledOneIn: oneIn, truncated }
}

const byName = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Whole traces, so that a span's parent is read where the span is. */
const SAMPLED = `cityHash64(trace_id) % {oneIn:UInt64} = 0`

const SERVICES = `
SELECT service AS name, 'SERVICE' AS kind, count() AS spans, countIf(status = 'error') AS errors
FROM spans WHERE ${IN_RANGE} AND ${SAMPLED}
GROUP BY service ORDER BY spans DESC, service LIMIT ${MOST + 1}`

const SERVICE_CALLS = `
SELECT caller, callee, ${CALLS}
FROM (
  SELECT parents.service AS caller, spans.service AS callee, status, duration_ns
  FROM (SELECT cityHash64(trace_id, parent_span_id) AS key, service, status, duration_ns
        FROM spans WHERE ${IN_RANGE} AND ${SAMPLED} AND parent_span_id != '') AS spans
  ANY LEFT JOIN (SELECT cityHash64(trace_id, span_id) AS key, service
        FROM spans WHERE org_id = {org:String} AND ts >= fromUnixTimestamp64Milli({before:Int64})
          AND ts < fromUnixTimestamp64Milli({to:Int64}) AND ${SAMPLED}) AS parents
  ON spans.key = parents.key
  WHERE notEmpty(parents.service) AND parents.service != spans.service)
GROUP BY caller, callee ORDER BY calls DESC, caller, callee LIMIT ${MOST + 1}`

const PEER_CALLS = `
SELECT caller, kind, takes, callee, ${CALLS}
FROM (SELECT service AS caller, ${PEER_KIND} AS kind, ${PEER_NAME} AS callee, spans.kind = 'consumer' AS takes, status, duration_ns
      FROM spans WHERE ${IN_RANGE} AND ${SAMPLED} AND spans.kind IN ('client', 'producer', 'consumer'))
WHERE callee != '' AND (takes = 0 OR kind = 'MESSAGING')
GROUP BY caller, kind, takes, callee ORDER BY calls DESC, caller, callee LIMIT ${MOST + 1}`

function toEdge(row: CallRow, callerKind: ServiceKind, calleeKind: ServiceKind, times: number): ServiceMapEdge {
  const [p50Ms = 0, p95Ms = 0, p99Ms = 0] = row.latencies
  const { caller, callee } = row
  const [calls, errors] = [row.calls * times, row.errors * times]
  return { caller, callerKind, callee, calleeKind, calls, errors, p50Ms, p95Ms, p99Ms }
}

/** What sends no spans, with the calls from and to it. */
function peerNodes(edges: readonly ServiceMapEdge[]): ServiceMapNode[] {
  const nodes = new Map<string, ServiceMapNode>()
  const add = (name: string, kind: ServiceKind, edge: ServiceMapEdge) => {
    if (kind === 'SERVICE') return
    const { spans, errors } = nodes.get(`${kind} ${name}`) ?? { spans: 0, errors: 0 }
    nodes.set(`${kind} ${name}`, { name, kind, spans: spans + edge.calls, errors: errors + edge.errors })
  }
  for (const edge of edges) {
    add(edge.caller, edge.callerKind, edge)
    add(edge.callee, edge.calleeKind, edge)
  }
  return [...nodes.values()]
}
