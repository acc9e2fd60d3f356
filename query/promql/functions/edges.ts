import { unwrap } from '../ast.js'
import { LOOKBACK_MS } from '../shift.js'
import type { Value } from '../value.js'
import { type RangeArgument, rangeArgument, type Window } from '../window.js'
import { argument, type Invocation, overRange, type WindowFold } from './builtin.js'

/** A window widened past its edges, with the edges themselves. */
interface EdgedWindow {
  readonly window: Window
  /** The window's own start and end, Unix ms. */
  readonly start: number
  readonly end: number
  /** Places of the samples that stand for the start and the end. */
  readonly first: number
  readonly last: number
  readonly smoothed: boolean
}

/** Whether the range argument of a call is `anchored` or `smoothed`; null for neither. */
export function edgesOf(invocation: Invocation): 'anchored' | 'smoothed' | null {
  const node = unwrap(argument(invocation, 0))
  return node.kind === 'matrixSelector' ? node.selector.edges : null
}

/**
 * What a counter or gauge gained between the edges of a window, without extrapolation
 * (PROM-52, https://github.com/prometheus/proposals).
 */
export function edgedDifference(
  invocation: Invocation,
  kind: { readonly counter: boolean; readonly perSecond: boolean },
): Value {
  return overEdged(invocation, (edged) => {
    const left = leftValue(edged, kind.counter)
    const right = rightValue(edged, kind.counter)
    const gained = right - left + (kind.counter ? lostInside(edged, left, right) : 0)
    return kind.perSecond ? gained / ((edged.end - edged.start) / 1000) : gained
  })
}

/** How many neighbours meet a condition, the sample before the window counted in. */
export function edgedPairs(invocation: Invocation, counts: (before: number, after: number) => boolean): Value {
  return overEdged(invocation, ({ window: { values, to }, first }) => {
    let count = 0
    for (let index = first + 1; index < to; index++) {
      if (counts(values[index - 1] ?? 0, values[index] ?? 0)) count++
    }
    return count
  })
}

/** Folds windows that samples lie in, or around whose whole length a line can be drawn. */
function overEdged(invocation: Invocation, fold: (edged: EdgedWindow) => number): Value {
  const smoothed = edgesOf(invocation) === 'smoothed'
  const inner = rangeArgument(invocation.scope, argument(invocation, 0), invocation.frame)
  const after = smoothed ? LOOKBACK_MS : 0
  const wide: RangeArgument = {
    series: inner.series,
    range: inner.range + LOOKBACK_MS + after,
    windowEnd: (index) => inner.windowEnd(index) + after,
  }
  const each: WindowFold = (window) => {
    const end = window.end - after
    const start = end - inner.range
    const { timestamps, from, to } = window
    const first = Math.max(from, placeOf(timestamps, from, to - 1, (time) => time > start) - 1)
    const last = smoothed ? placeOf(timestamps, from, to - 1, (time) => time >= end) : to - 1
    if ((timestamps[last] ?? 0) <= start || (timestamps[first] ?? 0) > end) return null
    return fold({ window, start, end, first, last, smoothed })
  }
  return overRange(invocation, wide, () => each)
}

/** The first place from `from` on whose time meets the condition, `to` if none does. */
function placeOf(timestamps: Float64Array, from: number, to: number, meets: (time: number) => boolean): number {
  let [low, high] = [from, to]
  while (low < high) {
    const middle = (low + high) >>> 1
    if (meets(timestamps[middle] ?? 0)) high = middle
    else low = middle + 1
  }
  return low
}

function leftValue({ window, first, start, smoothed }: EdgedWindow, counter: boolean): number {
  const value = window.values[first] ?? 0
  if (!smoothed || (window.timestamps[first] ?? 0) >= start) return value
  const next = window.values[first + 1] ?? 0
  // A counter that was reset since starts from zero.
  return between(window, first, counter && next < value ? 0 : value, next, start)
}

function rightValue({ window, last, end, smoothed }: EdgedWindow, counter: boolean): number {
  const value = window.values[last] ?? 0
  if (!smoothed || last === window.from || (window.timestamps[last] ?? 0) <= end) return value
  const before = window.values[last - 1] ?? 0
  return between(window, last - 1, counter && value < before ? 0 : before, value, end)
}

/** The value at a time on the line between two neighbours. */
function between({ timestamps }: Window, place: number, before: number, after: number, time: number): number {
  const from = timestamps[place] ?? 0
  return before + ((after - before) * (time - from)) / ((timestamps[place + 1] ?? 0) - from)
}

/** What a counter lost at resets between the edges. */
function lostInside({ window, first, last, start, end }: EdgedWindow, left: number, right: number): number {
  let lost = 0
  let previous = left
  for (let index = first; index <= last; index++) {
    const time = window.timestamps[index] ?? 0
    if ((index === first && time <= start) || (index === last && time >= end)) continue
    const value = window.values[index] ?? 0
    if (value < previous) lost += previous
    previous = value
  }
  return right < previous ? lost + previous : lost
}
