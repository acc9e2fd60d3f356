import type { Labels } from '../../../schema/domain/labels.js'
import type { Matcher } from '../../../schema/domain/matcher.js'
import { type Expr, unwrap } from '../ast.js'
import { METRIC_NAME } from '../label-set.js'
import { anyPresent, type Column, emptyColumn, hasValues, type Value, vector } from '../value.js'
import { rangeArgument, slideWindows } from '../window.js'
import { argument, type Builtins, scalarArgument, vectorArgument } from './builtin.js'

/** Functions about whether there is anything, and between scalars and vectors. */
export const PRESENCE_FUNCTIONS: Builtins = {
  absent: (invocation) => {
    return absence(argument(invocation, 0), anyPresent(vectorArgument(invocation, 0), invocation.frame.steps))
  },
  absent_over_time: (invocation) => {
    const { scope, frame } = invocation
    const seen = new Uint8Array(frame.steps)
    const range = rangeArgument(scope, argument(invocation, 0), frame)
    for (const series of range.series) slideWindows(range, series, frame, ({ index }) => (seen[index] = 1))
    return absence(argument(invocation, 0), seen)
  },
  scalar: (invocation) => {
    const values = new Float64Array(invocation.frame.steps).fill(Number.NaN)
    const counts = new Uint32Array(invocation.frame.steps)
    for (const column of vectorArgument(invocation, 0)) {
      column.present.forEach((present, index) => {
        if (present !== 1) return
        counts[index] = (counts[index] ?? 0) + 1
        values[index] = counts[index] === 1 ? (column.values[index] ?? 0) : Number.NaN
      })
    }
    return { kind: 'scalar', values }
  },
  vector: (invocation) => {
    const values = scalarArgument(invocation, 0)
    return vector([{ labels: {}, dropName: false, values, present: new Uint8Array(values.length).fill(1) }])
  },
}

/** A 1 at each instant at which nothing of an expression was seen. */
export function absence(expr: Expr, seen: Uint8Array): Value {
  const column: Column = emptyColumn(impliedLabels(expr), false, seen.length)
  seen.forEach((one, index) => {
    if (one === 1) return
    column.values[index] = 1
    column.present[index] = 1
  })
  return vector(hasValues(column) ? [column] : [])
}

/** Labels that a selector's equality matchers fix; a label matched more than once is none of them. */
function impliedLabels(expr: Expr): Labels {
  const node = unwrap(expr)
  const matchers: readonly Matcher[] =
    node.kind === 'vectorSelector' ? node.matchers : node.kind === 'matrixSelector' ? node.selector.matchers : []
  const labels = new Map<string, string>()
  const seen = new Set<string>()
  for (const { name, op, value } of matchers) {
    if (name === METRIC_NAME) continue
    if (op === '=' && !seen.has(name)) {
      seen.add(name)
      if (value !== '') labels.set(name, value)
    } else labels.delete(name)
  }
  return Object.fromEntries(labels)
}
