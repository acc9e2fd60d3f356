import { labelKey } from '../../query/promql/label-set.js'
import { type MatrixSeries, sortSeries } from '../../query/promql/result.js'
import { type PackedSeries, unpackSeries } from './packed-series.js'

/** An answer over a part of a range: what lies outside of it is not meant. */
export interface Part {
  /** First and last instant, Unix ms. */
  readonly first: number
  readonly last: number
  readonly series: PackedSeries
}

/** The answer over all parts, which follow one another in time. */
export function joinSeries(parts: readonly Part[]): MatrixSeries[] {
  const found = new Map<string, { labels: MatrixSeries['labels']; pieces: MatrixSeries[] }>()
  for (const { first, last, series } of parts) {
    for (const one of unpackSeries(series)) {
      const from = placeOf(one.timestamps, first)
      const to = placeOf(one.timestamps, last + 1)
      if (from === to) continue
      const key = labelKey(one.labels)
      const known = found.get(key) ?? { labels: one.labels, pieces: [] }
      known.pieces.push({
        ...one,
        timestamps: one.timestamps.subarray(from, to),
        values: one.values.subarray(from, to),
      })
      found.set(key, known)
    }
  }
  return sortSeries(
    [...found.values()].map(({ labels, pieces }) => ({
      labels,
      timestamps: concatenated(pieces.map(({ timestamps }) => timestamps)),
      values: concatenated(pieces.map(({ values }) => values)),
    })),
  )
}

function concatenated(columns: readonly Float64Array[]): Float64Array {
  const [only] = columns
  if (columns.length === 1 && only !== undefined) return only
  const joined = new Float64Array(columns.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const column of columns) {
    joined.set(column, at)
    at += column.length
  }
  return joined
}

/** Place of the first time that is not before `time`. */
function placeOf(times: Float64Array, time: number): number {
  let [low, high] = [0, times.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? 0) < time) low = middle + 1
    else high = middle
  }
  return low
}
