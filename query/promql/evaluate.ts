import { aggregate } from './aggregate/aggregate.js'
import type { Expr } from './ast.js'
import { combine } from './binary/binary.js'
import type { Frame } from './frame.js'
import { mapColumns } from './functions/builtin.js'
import { FUNCTIONS } from './functions/index.js'
import { evaluateRolled, rolledArgument } from './rolled/evaluate-rolled.js'
import { type Scope, spend } from './scope.js'
import { selectNewest } from './select-newest.js'
import { selectSmoothed } from './select-smoothed.js'
import { type Value, vector } from './value.js'

/** Evaluates an expression at every instant of a frame. What is the same at all of them is evaluated once. */
export function evaluate(scope: Scope, expr: Expr, frame: Frame): Value {
  if (frame.steps === 1 || !scope.invariant.has(expr)) return evaluateNode(scope, expr, frame)
  return repeat(scope, expr, evaluateNode(scope, expr, { ...frame, steps: 1 }), frame.steps)
}

function evaluateNode(scope: Scope, expr: Expr, frame: Frame): Value {
  switch (expr.kind) {
    case 'number':
      return { kind: 'scalar', values: new Float64Array(frame.steps).fill(expr.value) }
    case 'string':
      return { kind: 'string', value: expr.value }
    case 'vectorSelector':
      return vector(expr.edges === null ? selectNewest(scope, expr, frame) : selectSmoothed(scope, expr, frame))
    case 'paren':
      return evaluate(scope, expr.expr, frame)
    case 'unary': {
      const value = evaluate(scope, expr.expr, frame)
      if (expr.op === '+' || value.kind === 'string') return value
      if (value.kind === 'scalar') return { kind: 'scalar', values: value.values.map((one) => -one) }
      return vector(mapColumns(value.columns, (one) => -one))
    }
    case 'binary':
      return combine(scope, expr, frame)
    case 'aggregation':
      return aggregate(scope, expr, frame)
    case 'call': {
      const rolled = rolledArgument(scope, expr)
      if (rolled !== null) return evaluateRolled(scope, expr, frame, rolled)
      const builtin = FUNCTIONS.get(expr.name)
      if (builtin === undefined) throw new Error(`function ${expr.name} has a signature and no implementation`)
      return builtin({ scope, frame, call: expr })
    }
    case 'matrixSelector':
    case 'subquery':
      throw new Error('a range of samples outside of a call')
  }
}

/** The value of one instant at `steps` instants. */
function repeat(scope: Scope, expr: Expr, value: Value, steps: number): Value {
  if (value.kind === 'string') return value
  if (value.kind === 'scalar') return { kind: 'scalar', values: new Float64Array(steps).fill(value.values[0] ?? 0) }
  spend(scope, value.columns.length * steps, expr.span)
  return vector(
    value.columns.map((column) => ({
      ...column,
      values: new Float64Array(steps).fill(column.values[0] ?? 0),
      present: new Uint8Array(steps).fill(column.present[0] ?? 0),
    })),
  )
}
