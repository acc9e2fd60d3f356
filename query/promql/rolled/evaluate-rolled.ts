import type { Call, VectorSelector } from '../ast.js'
import { unwrap } from '../ast.js'
import { type Frame, instant } from '../frame.js'
import { absence } from '../functions/presence.js'
import { noteNames } from '../functions/rate.js'
import { type Scope, spend } from '../scope.js'
import { resolveDuration, resolveShift } from '../shift.js'
import { type Column, emptyColumn, hasValues, type Value, vector } from '../value.js'
import { field, ROW } from './bucket-rows.js'
import { ROLLED_FOLDS, type RolledWindow } from './folds.js'
import type { RolledSelection } from './rolled-selection.js'

/** The selector of a call that is answered from rollups, and what it was answered with; null for any other call. */
export function rolledArgument(scope: Scope, call: Call): { selector: VectorSelector; rolled: RolledSelection } | null {
  const [first] = call.args
  const node = first === undefined ? null : unwrap(first)
  if (node?.kind !== 'matrixSelector') return null
  const rolled = scope.rolled.get(node.selector)
  return rolled === undefined ? null : { selector: node.selector, rolled }
}

/** A function over windows of rows instead of samples. */
export function evaluateRolled(
  scope: Scope,
  call: Call,
  frame: Frame,
  { selector, rolled }: { readonly selector: VectorSelector; readonly rolled: RolledSelection },
): Value {
  const node = call.args[0] === undefined ? null : unwrap(call.args[0])
  const fold = ROLLED_FOLDS[call.name]
  if (node?.kind !== 'matrixSelector' || fold === undefined) throw new Error(`${call.name} was planned over rollups`)
  const range = resolveDuration(node.range, scope.times)
  const { at, offset } = resolveShift(selector, scope.times)
  spend(scope, rolled.series.length * frame.steps, call.span)
  const seen = new Uint8Array(frame.steps)
  const columns: Column[] = []
  for (const series of rolled.series) {
    const column = emptyColumn(series.labels, !fold.keepName, frame.steps)
    const rows = series.rows.length / ROW
    // Narrower than a bucket, an approximate window would be empty more often than not.
    const reach = rolled.exact ? range : Math.max(range, rolled.levelMs)
    const window: RolledWindow = { rows: series.rows, from: 0, to: 0, start: 0, end: 0, range, reach }
    for (let index = 0; index < frame.steps; index++) {
      window.end = (at ?? instant(frame, index)) - offset
      window.start = window.end - reach
      while (window.to < rows && field(series.rows, window.to, 'lastAt') <= window.end) window.to++
      while (window.from < window.to && field(series.rows, window.from, 'lastAt') <= window.start) window.from++
      if (window.from === window.to) continue
      seen[index] = 1
      const value = rolled.exact ? fold.exact(window) : fold.approximate(window)
      if (value === null) continue
      column.values[index] = value
      column.present[index] = 1
    }
    if (hasValues(column)) columns.push(column)
  }
  if (fold.counter) noteNames(scope, node.span, columns)
  return call.name === 'absent_over_time' ? absence(node, seen) : vector(columns)
}
