import { shortNumber } from '../go-number.js'
import { KahanSum, RunningMean } from '../kahan.js'
import { isProportion, quantile } from '../quantile.js'
import type { Window } from '../window.js'
import { WindowBlocks } from '../window-blocks.js'
import { argument, type Builtin, type Builtins, overWindows, scalarArgument, type WindowFold } from './builtin.js'

const fold =
  (compute: WindowFold, keepName = false): Builtin =>
  (invocation) =>
    overWindows(invocation, 0, () => compute, keepName)

/** A fold with a cheaper way for windows of many samples, which overlap from instant to instant. */
function blockwise(few: (window: Window) => number, many: (blocks: WindowBlocks, window: Window) => number): Builtin {
  return (invocation) =>
    overWindows(invocation, 0, ({ values }) => {
      const blocks = new WindowBlocks(values)
      return (window) => (WindowBlocks.pays(window.to - window.from) ? many(blocks, window) : few(window))
    })
}

/** Functions named `*_over_time` that look at all samples of a window. */
export const OVER_TIME_FUNCTIONS: Builtins = {
  sum_over_time: blockwise(sum, (blocks, { from, to }) => blocks.sum(from, to)),
  avg_over_time: blockwise(mean, (blocks, window) => {
    const total = blocks.sum(window.from, window.to)
    // A sum that is not finite may have overflowed where the mean does not.
    return Number.isFinite(total) ? total / (window.to - window.from) : mean(window)
  }),
  min_over_time: blockwise(
    ({ values, from, to }) => values[extremePlace(values, from, to, (one, other) => one < other)] ?? 0,
    (blocks, { from, to }) => blocks.min(from, to),
  ),
  max_over_time: blockwise(
    ({ values, from, to }) => values[extremePlace(values, from, to, (one, other) => one > other)] ?? 0,
    (blocks, { from, to }) => blocks.max(from, to),
  ),
  ts_of_min_over_time: fold(({ timestamps, values, from, to }) =>
    seconds(
      timestamps,
      extremePlace(values, from, to, (one, other) => one <= other),
    ),
  ),
  ts_of_max_over_time: fold(({ timestamps, values, from, to }) =>
    seconds(
      timestamps,
      extremePlace(values, from, to, (one, other) => one >= other),
    ),
  ),
  count_over_time: fold(({ from, to }) => to - from),
  present_over_time: fold(() => 1),
  first_over_time: fold(({ values, from }) => values[from] ?? 0, true),
  last_over_time: fold(({ values, to }) => values[to - 1] ?? 0, true),
  ts_of_first_over_time: fold(({ timestamps, from }) => seconds(timestamps, from)),
  ts_of_last_over_time: fold(({ timestamps, to }) => seconds(timestamps, to - 1)),
  stddev_over_time: fold((window) => Math.sqrt(variance(window))),
  stdvar_over_time: fold(variance),
  mad_over_time: fold(({ values, from, to }) => {
    const samples = values.subarray(from, to)
    if (samples.some(Number.isNaN)) return Number.NaN
    const median = quantile(0.5, samples)
    return quantile(
      0.5,
      samples.map((value) => Math.abs(value - median)),
    )
  }),
  quantile_over_time: (invocation) => {
    const phis = scalarArgument(invocation, 0)
    return overWindows(invocation, 1, () => ({ values, from, to, index }) => {
      const phi = phis[index] ?? 0
      if (!isProportion(phi)) {
        const text = `quantile value should be between 0 and 1, got ${shortNumber(phi)}`
        invocation.scope.notes.warn(text, argument(invocation, 0).span)
      }
      return quantile(phi, values.subarray(from, to))
    })
  },
}

function seconds(timestamps: Float64Array, place: number): number {
  return (timestamps[place] ?? 0) / 1000
}

function sum({ values, from, to }: Window): number {
  const state = new KahanSum()
  for (let index = from; index < to; index++) state.add(values[index] ?? 0)
  return state.total
}

function mean({ values, from, to }: Window): number {
  const state = new RunningMean(values[from] ?? 0)
  for (let index = from + 1; index < to; index++) state.add(values[index] ?? 0)
  return state.mean
}

/** Place of the sample that beats all before it; NaN is beaten by any number. */
function extremePlace(
  values: Float64Array,
  from: number,
  to: number,
  beats: (one: number, other: number) => boolean,
): number {
  let best = from
  for (let index = from + 1; index < to; index++) {
    const value = values[index] ?? 0
    const champion = values[best] ?? 0
    if (beats(value, champion) || Number.isNaN(champion)) best = index
  }
  return best
}

/** Population variance in one pass (Welford 1962) with compensated sums. */
function variance({ values, from, to }: Window): number {
  const average = new KahanSum()
  const squares = new KahanSum()
  for (let index = from; index < to; index++) {
    const value = values[index] ?? 0
    const delta = value - average.total
    average.add(delta / (index - from + 1))
    squares.add(delta * (value - average.total))
  }
  return squares.total / (to - from)
}
