import type { SyntaxNode } from '@lezer/common'
import type { Duration, DurationOp } from '../ast.js'
import { numberValue } from './literals.js'
import { childNodes, type Source, textOf } from './tree.js'

const OPERATORS: Readonly<Record<string, DurationOp>> = {
  Add: '+',
  Sub: '-',
  Mul: '*',
  Div: '/',
  Mod: '%',
  Pow: '^',
}

/** A duration from the grammar's `DurationExpr`, `OffsetDurationExpr` or a bare number in one. */
export function readDuration(source: Source, node: SyntaxNode): Duration {
  if (node.name === 'NumberDurationLiteralInDurationContext') {
    return { kind: 'seconds', seconds: numberValue(textOf(source, node)) }
  }
  const [first, second, third] = childNodes(node)
  if (first === undefined) throw new Error('grammar: an empty duration')
  if (first.name === 'DurationStep') return { kind: 'step' }
  if (first.name === 'DurationRange') return { kind: 'range' }
  if (first.name === 'UnaryOp' && second !== undefined) {
    const of = readDuration(source, second)
    return textOf(source, first) === '-' ? { kind: 'negate', of } : of
  }
  if (second !== undefined && third !== undefined) {
    if (first.name === 'DurationMinOf' || first.name === 'DurationMaxOf') {
      const op = first.name === 'DurationMinOf' ? 'min_of' : 'max_of'
      return { kind: 'combine', op, left: readDuration(source, second), right: readDuration(source, third) }
    }
    const op = OPERATORS[second.name]
    if (op === undefined) throw new Error(`grammar: ${second.name} in a duration`)
    return { kind: 'combine', op, left: readDuration(source, first), right: readDuration(source, third) }
  }
  return readDuration(source, first)
}
