import type { AttributeValue } from '../schema/domain/telemetry.js'
import type { ReadLimits } from '../schema/ports/series.js'
import type { SpanRows, StoredSpan } from '../schema/ports/traces.js'
import type { ClickHouse } from './clients.js'
import { readWithin } from './query-bounds.js'
import { rfc3339 } from './rfc3339.js'
import { OF_TRACE } from './trace-skeleton.js'

interface Row {
  readonly row: string
  readonly ns: string
  readonly duration: string
  readonly service: string
  readonly name: string
  readonly kind: string
  readonly status: string
  readonly status_message: string
  readonly span_id: string
  readonly parent_span_id: string
  readonly trace_state: string
  readonly scope_name: string
  readonly scope_version: string
}

/** What is most of a span, and read only when it is wanted. */
interface DetailRow {
  readonly strings: Record<string, AttributeValue>
  readonly numbers: Record<string, AttributeValue>
  readonly bools: Record<string, AttributeValue>
  readonly event_times: readonly string[]
  readonly events_name: readonly string[]
  readonly events_attributes: readonly Record<string, string>[]
  readonly links_trace_id: readonly string[]
  readonly links_span_id: readonly string[]
  readonly links_attributes: readonly Record<string, string>[]
}

const DETAILS = `, attributes_string AS strings, attributes_number AS numbers, attributes_bool AS bools,
  arrayMap(at -> toString(toUnixTimestamp64Nano(at)), events_ts) AS event_times, events_name, events_attributes,
  links_trace_id, links_span_id, links_attributes`

/** Reads spans of a trace. Services and times let ClickHouse pass over the others. */
export async function traceSpans(
  clickhouse: ClickHouse,
  orgId: string,
  traceId: string,
  { rows, services, whole, fromNs, toNs }: SpanRows,
  limits: ReadLimits,
): Promise<readonly StoredSpan[]> {
  const found = await readWithin<Row & Partial<DetailRow>>(
    clickhouse,
    `SELECT leftPad(lower(hex(cityHash64(batch_id, item))), 16, '0') AS row,
       toString(toUnixTimestamp64Nano(ts)) AS ns, toString(duration_ns) AS duration, service, name, kind, status,
       status_message, span_id, parent_span_id, trace_state, scope_name, scope_version${whole ? DETAILS : ''}
     FROM spans
     WHERE ${OF_TRACE} AND service IN {services:Array(String)}
       AND cityHash64(batch_id, item) IN {rows:Array(UInt64)}`,
    {
      org: orgId,
      trace: traceId,
      from: String(fromNs),
      to: String(toNs),
      services,
      rows: rows.map((row) => BigInt(`0x${row}`)),
    },
    limits,
  )
  return found.map(toSpan)
}

function toSpan(row: Row & Partial<DetailRow>): StoredSpan {
  return {
    row: row.row,
    spanId: row.span_id,
    parentSpanId: row.parent_span_id || null,
    service: row.service,
    name: row.name,
    kind: row.kind,
    startedAt: rfc3339(row.ns),
    durationNs: Number(row.duration),
    status: row.status,
    statusMessage: row.status_message || null,
    traceState: row.trace_state || null,
    scopeName: row.scope_name || null,
    scopeVersion: row.scope_version || null,
    attributes: { ...row.strings, ...row.numbers, ...row.bools },
    events: (row.event_times ?? []).map((ns, i) => ({
      at: rfc3339(ns),
      name: row.events_name?.[i] ?? '',
      attributes: row.events_attributes?.[i] ?? {},
    })),
    links: (row.links_trace_id ?? []).map((traceId, i) => ({
      traceId,
      spanId: row.links_span_id?.[i] ?? '',
      attributes: row.links_attributes?.[i] ?? {},
    })),
  }
}
