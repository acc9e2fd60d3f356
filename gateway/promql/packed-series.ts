import type { SampleSeries } from '../../query/promql/index.js'
import type { Labels } from '../../schema/domain/labels.js'

/** Series whose samples stand one after another, so that they go to another thread as three buffers. */
export interface PackedSeries {
  readonly labels: readonly Labels[]
  /** Samples of each series. */
  readonly lengths: Uint32Array
  readonly timestamps: Float64Array
  readonly values: Float64Array
  /** Null when no sample is a staleness marker. */
  readonly stale: Uint8Array | null
}

/** Packs series. Their columns are copied and stay the caller's, which may keep them. */
export function packSeries(series: readonly SampleSeries[]): PackedSeries {
  const lengths = Uint32Array.from(series, ({ timestamps }) => timestamps.length)
  const total = lengths.reduce((sum, length) => sum + length, 0)
  const timestamps = new Float64Array(total)
  const values = new Float64Array(total)
  const stale = series.some((one) => one.stale !== undefined) ? new Uint8Array(total) : null
  let at = 0
  for (const one of series) {
    timestamps.set(one.timestamps, at)
    values.set(one.values, at)
    if (one.stale !== undefined) stale?.set(one.stale, at)
    at += one.timestamps.length
  }
  return { labels: series.map(({ labels }) => labels), lengths, timestamps, values, stale }
}

/** The series again, as views of the packed columns. */
export function unpackSeries({ labels, lengths, timestamps, values, stale }: PackedSeries): SampleSeries[] {
  let at = 0
  return labels.map((one, index) => {
    const [from, to] = [at, at + (lengths[index] ?? 0)]
    at = to
    return {
      labels: { ...one },
      timestamps: timestamps.subarray(from, to),
      values: values.subarray(from, to),
      ...(stale === null ? {} : { stale: stale.subarray(from, to) }),
    }
  })
}

/** The buffers to hand over with packed series. */
export function buffersOf({ timestamps, values, stale }: PackedSeries): ArrayBufferLike[] {
  return [timestamps.buffer, values.buffer, ...(stale === null ? [] : [stale.buffer])]
}
