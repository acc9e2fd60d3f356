import { MAX_TRACE_SPANS, type TraceSkeleton } from '../schema/domain/trace.js'
import type { ReadLimits } from '../schema/ports/series.js'
import type { TraceExtent } from '../schema/ports/traces.js'
import type { ClickHouse } from './clients.js'
import { readWithin } from './query-bounds.js'

interface Row {
  readonly service: string
  readonly packed: string
}

/** Bytes of a packed span: start, id, row, parent and duration of 8 each, and 1 for its status. */
const BYTES = 41

/**
 * A span as bytes, the start first and its high byte first, so that they sort by start, id and row. As numbers in JSON
 * the same columns take three times as long to write and read.
 */
const PACKED = `concat(
  reinterpretAsFixedString(byteSwap(toUInt64(toUnixTimestamp64Nano(ts) - {epoch:Int64}))),
  reinterpretAsFixedString(reinterpretAsUInt64(unhex(span_id))),
  reinterpretAsFixedString(cityHash64(batch_id, item)),
  reinterpretAsFixedString(reinterpretAsUInt64(unhex(parent_span_id))),
  reinterpretAsFixedString(duration_ns),
  reinterpretAsFixedString(toUInt8(status = 'error')))`

/** Spans of one trace, read from the partitions that it touches. */
export const OF_TRACE = `org_id = {org:String} AND trace_id = {trace:String}
  AND ts >= fromUnixTimestamp64Nano({from:Int64}) AND ts <= fromUnixTimestamp64Nano({to:Int64})`

/** Reads the columns of a trace's spans, a service at a time and each by start; of too many spans those that begin first. */
export async function traceSkeleton(
  clickhouse: ClickHouse,
  orgId: string,
  traceId: string,
  { firstStartNs, lastEndNs, spanCount }: TraceExtent,
  limits: ReadLimits,
): Promise<TraceSkeleton> {
  const columns = 'service, ts, span_id, parent_span_id, duration_ns, status, batch_id, item'
  const first = spanCount > MAX_TRACE_SPANS ? `ORDER BY ts LIMIT ${MAX_TRACE_SPANS}` : ''
  const rows = await readWithin<Row>(
    clickhouse,
    `SELECT service, base64Encode(arrayStringConcat(arraySort(groupArray(${PACKED})))) AS packed
     FROM (SELECT ${columns} FROM spans WHERE ${OF_TRACE} ${first})
     GROUP BY service ORDER BY service`,
    {
      org: orgId,
      trace: traceId,
      from: String(firstStartNs),
      to: String(lastEndNs),
      epoch: String(firstStartNs),
    },
    limits,
  )
  return unpacked(rows)
}

function unpacked(rows: readonly Row[]): TraceSkeleton {
  const parts = rows.map(({ packed }) => Buffer.from(packed, 'base64'))
  const count = parts.reduce((sum, part) => sum + part.length / BYTES, 0)
  const skeleton = {
    startNs: new Float64Array(count),
    durationNs: new Float64Array(count),
    spanId: new Uint32Array(2 * count),
    parentId: new Uint32Array(2 * count),
    row: new Uint32Array(2 * count),
    service: new Uint32Array(count),
    failed: new Uint8Array(count),
    services: rows.map(({ service }) => service),
  }
  let i = 0
  for (const [service, part] of parts.entries()) {
    const bytes = new DataView(part.buffer, part.byteOffset, part.length)
    for (let at = 0; at < part.length; at += BYTES, i++) {
      skeleton.startNs[i] = bytes.getUint32(at) * 2 ** 32 + bytes.getUint32(at + 4)
      // An id is its hexadecimal digits, whose first stand in the byte of the least worth here: read as they are written.
      skeleton.spanId[2 * i + 1] = bytes.getUint32(at + 8)
      skeleton.spanId[2 * i] = bytes.getUint32(at + 12)
      skeleton.row[2 * i] = bytes.getUint32(at + 16, true)
      skeleton.row[2 * i + 1] = bytes.getUint32(at + 20, true)
      skeleton.parentId[2 * i + 1] = bytes.getUint32(at + 24)
      skeleton.parentId[2 * i] = bytes.getUint32(at + 28)
      skeleton.durationNs[i] = bytes.getUint32(at + 32, true) + bytes.getUint32(at + 36, true) * 2 ** 32
      skeleton.failed[i] = bytes.getUint8(at + 40)
      skeleton.service[i] = service
    }
  }
  return skeleton
}
