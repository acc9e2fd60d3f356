import { KahanSum } from '../kahan.js'
import { fault } from '../scope.js'
import type { Value } from '../value.js'
import type { Window } from '../window.js'
import { argument, type Builtins, type Invocation, overWindows, scalarArgument } from './builtin.js'

/** Functions that fit a line or smooth a series over a window of at least two samples. */
export const TREND_FUNCTIONS: Builtins = {
  deriv: (invocation) =>
    overWindows(
      invocation,
      0,
      () => (window) =>
        window.to - window.from < 2 ? null : regression(window, window.timestamps[window.from] ?? 0).slope,
    ),
  predict_linear: (invocation) => {
    const ahead = scalarArgument(invocation, 1)
    return overWindows(invocation, 0, () => (window) => {
      if (window.to - window.from < 2) return null
      const { slope, intercept } = regression(window, window.at)
      return slope * (ahead[window.index] ?? 0) + intercept
    })
  },
  double_exponential_smoothing: smoothing,
  holt_winters: smoothing,
}

/** Least squares over a window: slope per second, and the value of the line at `origin` (Unix ms). */
function regression({ timestamps, values, from, to }: Window, origin: number): { slope: number; intercept: number } {
  const count = to - from
  const first = values[from] ?? 0
  const [sumX, sumY, sumXY, sumXX] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()]
  let constant = true
  for (let index = from; index < to; index++) {
    const x = ((timestamps[index] ?? 0) - origin) / 1000
    const y = values[index] ?? 0
    if (y !== first) constant = false
    sumX.add(x)
    sumY.add(y)
    sumXY.add(x * y)
    sumXX.add(x * x)
  }
  // A constant series has no slope; the formula below would leave a rounding residue.
  if (constant)
    return Number.isFinite(first) ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN }
  const covariance = sumXY.total - (sumX.total * sumY.total) / count
  const slope = covariance / (sumXX.total - (sumX.total * sumX.total) / count)
  return { slope, intercept: sumY.total / count - (slope * sumX.total) / count }
}

function smoothing(invocation: Invocation): Value {
  const level = scalarArgument(invocation, 1)
  const trend = scalarArgument(invocation, 2)
  const refuseOutside = (factors: Float64Array, place: number, name: string) => {
    const wrong = factors.find((factor) => !(factor > 0 && factor < 1))
    if (wrong === undefined) return
    const span = argument(invocation, place).span
    throw fault(invocation.scope, span, `invalid ${name} factor ${wrong}, expected more than 0 and less than 1`)
  }
  refuseOutside(level, 1, 'smoothing')
  refuseOutside(trend, 2, 'trend')
  return overWindows(invocation, 0, () => ({ values, from, to, index }) => {
    if (to - from < 2) return null
    return smooth(values.subarray(from, to), level[index] ?? 0, trend[index] ?? 0)
  })
}

/** Double exponential smoothing (https://en.wikipedia.org/wiki/Exponential_smoothing#Double_exponential_smoothing). */
function smooth(values: Float64Array, level: number, trend: number): number {
  let previous = 0
  let current = values[0] ?? 0
  let slope = (values[1] ?? 0) - current
  for (let index = 1; index < values.length; index++) {
    if (index > 1) slope = trend * (current - previous) + (1 - trend) * slope
    previous = current
    current = level * (values[index] ?? 0) + (1 - level) * (current + slope)
  }
  return current
}
