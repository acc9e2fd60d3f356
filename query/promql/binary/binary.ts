import type { Binary } from '../ast.js'
import type { Frame } from '../frame.js'
import { fault, type Scope, spend } from '../scope.js'
import { joinColumns, type Value, vector } from '../value.js'
import { combineVectors, matchable } from './matching.js'
import { isSet, operation } from './operators.js'
import { withScalar } from './scalar.js'
import { combineSets } from './sets.js'

/** Evaluates a binary operation over a frame. */
export function combine(scope: Scope, node: Binary, frame: Frame): Value {
  const { op, bool, matching } = node
  const left = scope.evaluate(node.left, frame)
  const right = scope.evaluate(node.right, frame)
  const wrong = (sentence: string) => fault(scope, node.span, sentence)
  if (left.kind === 'string' || right.kind === 'string') throw new Error(`a string beside ${op}`)
  for (const side of [left, right])
    if (side.kind === 'vector') spend(scope, side.columns.length * frame.steps, node.span)
  if (isSet(op)) {
    if (left.kind !== 'vector' || right.kind !== 'vector') throw new Error(`a scalar beside ${op}`)
    const { keyOf } = matchable(matching)
    const columns = combineSets(op, left.columns, right.columns, frame.steps, keyOf)
    return vector(joinColumns(columns, () => wrong('vector cannot contain metrics with the same labelset')))
  }
  if (left.kind === 'vector' && right.kind === 'vector') {
    return vector(combineVectors({ op, bool, matching, steps: frame.steps, fault: wrong }, left.columns, right.columns))
  }
  if (left.kind === 'vector' && right.kind === 'scalar') {
    return vector(withScalar(op, bool, left.columns, right.values, false))
  }
  if (left.kind === 'scalar' && right.kind === 'vector') {
    return vector(withScalar(op, bool, right.columns, left.values, true))
  }
  if (left.kind === 'scalar' && right.kind === 'scalar') {
    const compute = operation(op, bool)
    return {
      kind: 'scalar',
      values: left.values.map((value, index) => compute(value, right.values[index] ?? 0, value) ?? 0),
    }
  }
  throw new Error('operands of no type')
}
