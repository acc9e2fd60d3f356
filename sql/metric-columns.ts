/** Bytes of a sample in `SAMPLE_BYTES_SQL`: its time and its value. */
export const SAMPLE_BYTES = 16

/**
 * A sample of table metrics.samples as PostgreSQL sends its time and value in binary; a staleness marker has the bits of
 * Prometheus's in place of its value. Measured: 241,000 samples of 1,000 series come to us in 90 ms so, one row a series;
 * as arrays of numbers in 310 ms.
 */
export const SAMPLE_BYTES_SQL = `timestamptz_send(ts) || CASE WHEN stale THEN '\\x7ff0000000000002' ELSE float8send(value) END`

/** https://github.com/prometheus/prometheus/blob/main/model/value/value.go */
const STALE_HIGH = 0x7ff00000
const STALE_LOW = 2
const LOW_BITS = 2 ** 32
const POSTGRES_EPOCH_MS = Date.UTC(2000, 0, 1)

/** Samples of a series in order of time. */
export interface DecodedSamples {
  /** Unix ms. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
  readonly stale?: Uint8Array
}

/** Reads samples that stand one after another in any order. */
export function decodeSamples(bytes: Buffer): DecodedSamples {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const count = bytes.byteLength / SAMPLE_BYTES
  const timestamps = new Float64Array(count)
  const values = new Float64Array(count)
  let stale: Uint8Array | null = null
  let ascending = true
  for (let i = 0, at = 0; i < count; i++, at += SAMPLE_BYTES) {
    const time = (view.getInt32(at) * LOW_BITS + view.getUint32(at + 4)) / 1000 + POSTGRES_EPOCH_MS
    timestamps[i] = time
    values[i] = view.getFloat64(at + 8)
    if (i > 0 && time < (timestamps[i - 1] ?? 0)) ascending = false
    if (view.getInt32(at + 8) !== STALE_HIGH || view.getUint32(at + 12) !== STALE_LOW) continue
    stale ??= new Uint8Array(count)
    stale[i] = 1
  }
  const columns = { timestamps, values, ...(stale !== null && { stale }) }
  return ascending ? columns : inOrder(columns)
}

/** Samples of a series come in the order in which they were stored, which is mostly that of time. */
function inOrder({ timestamps, values, stale }: DecodedSamples): DecodedSamples {
  const order = Uint32Array.from(timestamps.keys()).sort((a, b) => (timestamps[a] ?? 0) - (timestamps[b] ?? 0))
  return {
    timestamps: Float64Array.from(order, (i) => timestamps[i] ?? 0),
    values: Float64Array.from(order, (i) => values[i] ?? 0),
    ...(stale !== undefined && { stale: Uint8Array.from(order, (i) => stale[i] ?? 0) }),
  }
}
