import { extrapolate } from '../functions/extrapolate.js'
import { KahanSum } from '../kahan.js'
import { type Field, field } from './bucket-rows.js'

/** Rows of one series in one window: `from` to `to − 1`, never empty. */
export interface RolledWindow {
  rows: Float64Array
  from: number
  to: number
  /** Start (excluded) and end (included) of the window, Unix ms. */
  start: number
  end: number
  /** Length of the window that was asked for, and of this one, ms. */
  range: number
  reach: number
}

/** A function over rows. */
export interface RolledFold {
  /** The window is made up of whole rows. */
  readonly exact: (window: RolledWindow) => number | null
  /** The window holds the rows whose last sample it holds, and may be longer than it was asked for. */
  readonly approximate: (window: RolledWindow) => number | null
  readonly keepName: boolean
  /** Means something for counters alone. */
  readonly counter: boolean
  /** What has to be a finite number in every row to be exact; null for nothing. */
  readonly needs: 'sum' | 'increase' | null
}

/** The functions that rows answer, by name; what else windows are asked needs the samples. */
export const ROLLED_FOLDS: Readonly<Record<string, RolledFold>> = {
  count_over_time: amount((window) => total(window, 'count')),
  sum_over_time: { ...amount((window) => total(window, 'sum')), needs: 'sum' },
  avg_over_time: { ...same((window) => total(window, 'sum') / total(window, 'count')), needs: 'sum' },
  min_over_time: same((window) => extreme(window, 'min', (one, other) => one < other)),
  max_over_time: same((window) => extreme(window, 'max', (one, other) => one > other)),
  first_over_time: same(({ rows, from }) => field(rows, from, 'first'), true),
  last_over_time: same(({ rows, to }) => field(rows, to - 1, 'last'), true),
  present_over_time: same(() => 1),
  absent_over_time: same(() => null),
  rate: change({ counter: true, perSecond: true }),
  increase: change({ counter: true, perSecond: false }),
  delta: change({ counter: false, perSecond: false }),
}

function same(fold: RolledFold['exact'], keepName = false): RolledFold {
  return { exact: fold, approximate: fold, keepName, counter: false, needs: null }
}

/** What grows with the length of the window. */
function amount(fold: (window: RolledWindow) => number): RolledFold {
  const approximate = (window: RolledWindow) => (fold(window) * window.range) / window.reach
  return { exact: fold, approximate, keepName: false, counter: false, needs: null }
}

function change(kind: { readonly counter: boolean; readonly perSecond: boolean }): RolledFold {
  const ends = ({ rows, from, to }: RolledWindow) => ({
    firstTime: field(rows, from, 'firstAt'),
    lastTime: field(rows, to - 1, 'lastAt'),
    firstValue: field(rows, from, 'first'),
    lastValue: field(rows, to - 1, 'last'),
  })
  return {
    exact(window) {
      const count = total(window, 'count')
      if (count < 2) return null
      const { start, end } = window
      return extrapolate({ ...ends(window), count, start, end }, kind.counter ? lost(window) : 0, kind)
    },
    approximate(window) {
      if (total(window, 'count') < 2) return null
      const { firstTime, lastTime, firstValue, lastValue } = ends(window)
      const slope = (lastValue - firstValue + (kind.counter ? lost(window) : 0)) / (lastTime - firstTime)
      return slope * (kind.perSecond ? 1_000 : window.range)
    },
    keepName: false,
    counter: kind.counter,
    needs: kind.counter ? 'increase' : null,
  }
}

/** More than a sum of thousands of differences is off by, of the numbers that they are between. */
const ROUNDING = 1e-12

/** What a counter lost at its restarts: within rows, where it rose by more than its ends differ, and between them. */
function lost({ rows, from, to }: RolledWindow): number {
  let sum = 0
  for (let row = from; row < to; row++) {
    const [first, last] = [field(rows, row, 'first'), field(rows, row, 'last')]
    const more = field(rows, row, 'increase') - (last - first)
    // A row's increase is a sum of differences; what that rounds is no restart.
    if (more > ROUNDING * Math.max(Math.abs(first), Math.abs(last))) sum += more
    const before = row > from ? field(rows, row - 1, 'last') : first
    if (first < before) sum += before
  }
  return sum
}

function total({ rows, from, to }: RolledWindow, name: Field): number {
  const sum = new KahanSum()
  for (let row = from; row < to; row++) sum.add(field(rows, row, name))
  return sum.total
}

/** The value that beats all others; NaN is beaten by any number. */
function extreme(
  { rows, from, to }: RolledWindow,
  name: Field,
  beats: (one: number, other: number) => boolean,
): number {
  let best = field(rows, from, name)
  for (let row = from + 1; row < to; row++) {
    const value = field(rows, row, name)
    if (beats(value, best) || Number.isNaN(best)) best = value
  }
  return best
}
