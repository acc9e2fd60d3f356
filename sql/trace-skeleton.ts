import { QUERY_BOUNDS } from '../schema/domain/query-bounds.js'
import { MAX_TRACE_SPANS, type TraceSkeleton } from '../schema/domain/trace.js'
import type { ReadLimits } from '../schema/ports/series.js'
import type { TraceExtent } from '../schema/ports/traces.js'
import type { ClickHouse } from './clients.js'
import { type NativeColumns, readNative } from './native-columns.js'
import { readNativeWithin } from './query-bounds.js'

/**
 * A span as numbers of 8 bytes that lie in memory as the skeleton has them. As texts in JSON, or packed into one, the
 * same columns take two to three times as long to write and to read.
 */
const COLUMNS = `toFloat64(toUnixTimestamp64Nano(ts) - {from:Int64}) AS start,
  toFloat64(duration_ns) AS duration,
  byteSwap(reinterpretAsUInt64(unhex(span_id))) AS id,
  byteSwap(reinterpretAsUInt64(unhex(parent_span_id))) AS parent,
  cityHash64(batch_id, item) AS row,
  CAST(status = 'error', 'UInt8') AS failed,
  CAST(service, 'String') AS service_name`

/** Spans of one trace, read from the partitions that it touches. */
export const OF_TRACE = `org_id = {org:String} AND trace_id = {trace:String}
  AND ts >= fromUnixTimestamp64Nano({from:Int64}) AND ts <= fromUnixTimestamp64Nano({to:Int64})`

/** Reads the columns of a trace's spans, in no order; of too many spans those that begin first. */
export async function traceSkeleton(
  clickhouse: ClickHouse,
  orgId: string,
  traceId: string,
  { firstStartNs, lastEndNs, spanCount }: TraceExtent,
  { bounds = QUERY_BOUNDS, ...limits }: ReadLimits,
): Promise<TraceSkeleton> {
  const first = spanCount > MAX_TRACE_SPANS ? `ORDER BY ts LIMIT ${MAX_TRACE_SPANS}` : ''
  const bytes = await readNativeWithin(
    clickhouse,
    `SELECT ${COLUMNS} FROM spans WHERE ${OF_TRACE} ${first}`,
    { org: orgId, trace: traceId, from: String(firstStartNs), to: String(lastEndNs) },
    // What bounds an answer's values is for those that are shown; these become pages. 0 is none.
    { ...limits, bounds: { ...bounds, points: 0 } },
  )
  return skeletonOf(readNative(bytes))
}

function skeletonOf({ rows, numbers, texts }: NativeColumns): TraceSkeleton {
  const column = (name: string) => numbers.get(name) ?? new ArrayBuffer(0)
  const names = texts.get('service_name') ?? { texts: [], index: new Uint32Array(0) }
  const services = [...names.texts].sort()
  const places = names.texts.map((name) => services.indexOf(name))
  const service = new Uint32Array(rows)
  for (let i = 0; i < rows; i++) service[i] = places[names.index[i] as number] as number
  return {
    startNs: new Float64Array(column('start')),
    durationNs: new Float64Array(column('duration')),
    spanId: new Uint32Array(column('id')),
    parentId: new Uint32Array(column('parent')),
    row: new Uint32Array(column('row')),
    service,
    failed: new Uint8Array(column('failed')),
    services,
  }
}
