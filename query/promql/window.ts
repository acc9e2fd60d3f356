import type { Labels } from '../../schema/domain/labels.js'
import { type Expr, type MatrixSelector, type Subquery, unwrap } from './ast.js'
import { type Frame, instant } from './frame.js'
import { subqueryStep } from './plan.js'
import { type RawSeries, type Scope, spend, vectorOf } from './scope.js'
import { type ResolvedShift, resolveDuration, resolveShift } from './shift.js'
import type { Column } from './value.js'

/** Samples of one series that windows slide over; staleness markers are left out. */
export interface WindowSeries {
  readonly labels: Labels
  readonly dropName: boolean
  /** Unix ms, ascending. */
  readonly timestamps: Float64Array
  readonly values: Float64Array
}

/** A range of samples per series, as functions over time take it. */
export interface RangeArgument {
  readonly series: readonly WindowSeries[]
  /** Length of a window, ms. */
  readonly range: number
  /** End of the window (included) at an instant of the frame, Unix ms; its start is excluded. */
  windowEnd(index: number): number
}

/** Samples of one series in one window: `values[from]` to `values[to − 1]`, never empty. */
export interface Window {
  timestamps: Float64Array
  values: Float64Array
  from: number
  to: number
  /** Start (excluded) and end (included) of the window, Unix ms. */
  start: number
  end: number
  /** The instant of evaluation, Unix ms, and its number in the frame. */
  at: number
  index: number
}

/** Evaluates a range selector or a subquery as an argument. */
export function rangeArgument(scope: Scope, expr: Expr, frame: Frame): RangeArgument {
  const node = unwrap(expr)
  if (node.kind === 'matrixSelector') return fromSelector(scope, node, frame)
  if (node.kind === 'subquery') return fromSubquery(scope, node, frame)
  throw new Error(`expected a range of samples, found ${node.kind}`)
}

function fromSelector(scope: Scope, node: MatrixSelector, frame: Frame): RangeArgument {
  const shift = resolveShift(node.selector, scope.times)
  const series = (scope.data.get(node.selector) ?? []).map(withoutStale)
  return { series, range: resolveDuration(node.range, scope.times), windowEnd: windowEnds(shift, frame) }
}

function windowEnds({ at, offset }: ResolvedShift, frame: Frame): (index: number) => number {
  return (index) => (at ?? instant(frame, index)) - offset
}

function withoutStale({ labels, timestamps, values, stale }: RawSeries): WindowSeries {
  if (stale === null) return { labels, dropName: false, timestamps, values }
  const live = (_: number, index: number) => stale[index] !== 1
  return { labels, dropName: false, timestamps: timestamps.filter(live), values: values.filter(live) }
}

/** The inner expression on a grid of multiples of the step since 1970, wide enough for all windows of the frame. */
function fromSubquery(scope: Scope, node: Subquery, frame: Frame): RangeArgument {
  const shift = resolveShift(node, scope.times)
  const range = resolveDuration(node.range, scope.times)
  const step = subqueryStep(node.step, scope.times)
  const windowEnd = windowEnds(shift, frame)
  const start = step * (Math.floor((windowEnd(0) - range) / step) + 1)
  const steps = Math.floor((windowEnd(frame.steps - 1) - start) / step) + 1
  if (steps <= 0) return { series: [], range, windowEnd }
  spend(scope, steps, node.span)
  const inner: Frame = { start, step, steps }
  const series = vectorOf(scope, node.expr, inner).map((column) => toSeries(column, inner))
  return { series, range, windowEnd }
}

function toSeries({ labels, dropName, values, present }: Column, frame: Frame): WindowSeries {
  const live = (_: number, index: number) => present[index] === 1
  const timestamps = Float64Array.from(values, (_, index) => instant(frame, index)).filter(live)
  return { labels, dropName, timestamps, values: values.filter(live) }
}

/** Calls `visit` with the window of each instant that holds a sample. The window object is reused. */
export function slideWindows(
  argument: RangeArgument,
  { timestamps, values }: WindowSeries,
  frame: Frame,
  visit: (window: Window) => void,
): void {
  const window: Window = { timestamps, values, from: 0, to: 0, start: 0, end: 0, at: 0, index: 0 }
  for (let index = 0; index < frame.steps; index++) {
    window.end = argument.windowEnd(index)
    window.start = window.end - argument.range
    while (window.to < timestamps.length && (timestamps[window.to] ?? 0) <= window.end) window.to++
    while (window.from < window.to && (timestamps[window.from] ?? 0) <= window.start) window.from++
    if (window.from === window.to) continue
    window.at = instant(frame, index)
    window.index = index
    visit(window)
  }
}
