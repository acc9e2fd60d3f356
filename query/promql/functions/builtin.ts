import type { Call, Expr } from '../ast.js'
import type { Frame } from '../frame.js'
import { type Scope, scalarOf, spend, vectorOf } from '../scope.js'
import { type Column, emptyColumn, hasValues, type Value, vector } from '../value.js'
import { type RangeArgument, rangeArgument, slideWindows, type Window, type WindowSeries } from '../window.js'

/** A call at work: where it stands and how to evaluate its arguments. */
export interface Invocation {
  readonly scope: Scope
  readonly frame: Frame
  readonly call: Call
}

/** Implements a function of PromQL. */
export type Builtin = (invocation: Invocation) => Value

/** Functions by name. */
export type Builtins = Readonly<Record<string, Builtin>>

/** The argument at a place; the type check has seen to it that it is there. */
export function argument({ call }: Invocation, index: number): Expr {
  const found = call.args[index]
  if (found === undefined) throw new Error(`${call.name} without argument ${index + 1}`)
  return found
}

/** Columns of the instant vector at a place. */
export function vectorArgument(invocation: Invocation, index: number): readonly Column[] {
  return vectorOf(invocation.scope, argument(invocation, index), invocation.frame)
}

/** Values of the scalar at a place, one per instant. */
export function scalarArgument(invocation: Invocation, index: number): Float64Array {
  return scalarOf(invocation.scope, argument(invocation, index), invocation.frame)
}

/** What a function makes of a window; null where it says nothing. */
export type WindowFold = (window: Window) => number | null

/**
 * Slides windows over the range argument at `place`. `prepare` is asked once per series, so that a fold can look over
 * the series before its windows come. The metric's name falls away unless `keepName`.
 */
export function overWindows(
  invocation: Invocation,
  place: number,
  prepare: (series: WindowSeries) => WindowFold,
  keepName = false,
): Value {
  const range = rangeArgument(invocation.scope, argument(invocation, place), invocation.frame)
  return overRange(invocation, range, prepare, keepName)
}

/** As `overWindows`, over a range of samples at hand. */
export function overRange(
  { scope, frame, call }: Invocation,
  range: RangeArgument,
  prepare: (series: WindowSeries) => WindowFold,
  keepName = false,
): Value {
  spend(scope, range.series.length * frame.steps, call.span)
  const columns: Column[] = []
  for (const series of range.series) {
    const column = emptyColumn(series.labels, keepName ? series.dropName : true, frame.steps)
    const fold = prepare(series)
    slideWindows(range, series, frame, (window) => {
      const value = fold(window)
      if (value === null) return
      column.values[window.index] = value
      column.present[window.index] = 1
    })
    if (hasValues(column)) columns.push(column)
  }
  return vector(columns)
}

/** A vector of other values at the same instants; the metric's name falls away. */
export function mapColumns(
  columns: readonly Column[],
  compute: (value: number, index: number, column: Column) => number,
): Column[] {
  return columns.map((column) => ({
    ...column,
    dropName: true,
    values: column.values.map((value, index) => (column.present[index] === 1 ? compute(value, index, column) : 0)),
  }))
}
