import { KahanSum, RunningMean } from '../kahan.js'
import { quantile } from '../quantile.js'

/** Folds the first `count` (at least one) of the values into one; `index` is the number of the instant. */
export type Fold = (values: Float64Array, count: number, index: number) => number

/** Aggregations that make one value of a group's values. */
export const FOLDS: Readonly<Record<'sum' | 'avg' | 'min' | 'max' | 'count' | 'group' | 'stddev' | 'stdvar', Fold>> = {
  sum: (values, count) => {
    const state = new KahanSum()
    for (let index = 0; index < count; index++) state.add(values[index] ?? 0)
    return state.total
  },
  avg: (values, count) => {
    const state = new RunningMean(values[0] ?? 0)
    for (let index = 1; index < count; index++) state.add(values[index] ?? 0)
    return state.mean
  },
  min: (values, count) => extreme(values, count, (one, other) => one < other),
  max: (values, count) => extreme(values, count, (one, other) => one > other),
  count: (_, count) => count,
  group: () => 1,
  stddev: (values, count) => Math.sqrt(variance(values, count)),
  stdvar: variance,
}

/** The φ-quantile with a φ per instant. */
export function quantileFold(phis: Float64Array): Fold {
  return (values, count, index) => quantile(phis[index] ?? 0, values.subarray(0, count))
}

/** NaN only if all are. */
function extreme(values: Float64Array, count: number, beats: (one: number, other: number) => boolean): number {
  let best = values[0] ?? 0
  for (let index = 1; index < count; index++) {
    const value = values[index] ?? 0
    if (beats(value, best) || Number.isNaN(best)) best = value
  }
  return best
}

/** Population variance (Welford 1962); a value that is not finite makes it NaN. */
function variance(values: Float64Array, count: number): number {
  let mean = values[0] ?? 0
  let squares = Number.isFinite(mean) ? 0 : Number.NaN
  for (let index = 1; index < count; index++) {
    const value = values[index] ?? 0
    const delta = value - mean
    mean += delta / (index + 1)
    squares += delta * (value - mean)
  }
  return squares / count
}
