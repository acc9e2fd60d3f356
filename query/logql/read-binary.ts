import type { SyntaxNode } from '@lezer/common'
import type { BinaryOp, BinaryOperation, MetricExpr } from './metric.js'
import { childrenOf, type Syntax, textOf } from './syntax.js'
import { errorAt } from './text-position.js'

/** Levels of binding, loosest first, as in PromQL and LogQL. */
const LEVELS: readonly (readonly BinaryOp[])[] = [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '>=', '<', '<='],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
]

interface Operator {
  readonly op: BinaryOp
  readonly node: SyntaxNode
  readonly modifier: SyntaxNode | null
}

/**
 * Reads a `BinOpExpr` node. The grammar lets `+` bind tighter than `*` and compare before dividing, so the chain is
 * taken apart and put together by LogQL's own order of binding.
 */
export function readBinary(
  syntax: Syntax,
  node: SyntaxNode,
  readOperand: (node: SyntaxNode) => MetricExpr,
): MetricExpr {
  const operands: SyntaxNode[] = []
  const operators: Operator[] = []
  flatten(syntax, node, operands, operators)
  return assemble(syntax, operands.map(readOperand), operators)
}

function flatten(syntax: Syntax, node: SyntaxNode, operands: SyntaxNode[], operators: Operator[]): void {
  const [left, sign, ...rest] = childrenOf(node)
  const right = rest.at(-1)
  if (left === undefined || sign === undefined || right === undefined) {
    throw errorAt(syntax.text, node.from, 'found half an operation; expected two metrics and an operator')
  }
  flattenSide(syntax, left, operands, operators)
  const op = LEVELS.flat().find((each) => each === textOf(syntax, sign).trim().toLowerCase())
  if (op === undefined)
    throw errorAt(syntax.text, sign.from, `found ${textOf(syntax, sign)}; expected one of ${LEVELS.flat().join(' ')}`)
  operators.push({ op, node: sign, modifier: node.getChild('BinOpModifier') })
  flattenSide(syntax, right, operands, operators)
}

function flattenSide(syntax: Syntax, side: SyntaxNode, operands: SyntaxNode[], operators: Operator[]): void {
  // A metric in parentheses is a MetricExpr in a MetricExpr, and so stays whole.
  const inner = side.firstChild?.firstChild
  if (inner?.name === 'BinOpExpr') flatten(syntax, inner, operands, operators)
  else operands.push(side)
}

/** Splits at the loosest operator: the last of its level, or the first where it binds to the right (`^`). */
function assemble(syntax: Syntax, operands: readonly MetricExpr[], operators: readonly Operator[]): MetricExpr {
  const [only] = operands
  if (only !== undefined && operators.length === 0) return only
  const level = LEVELS.find((ops) => operators.some(({ op }) => ops.includes(op))) ?? []
  const index = level.includes('^')
    ? operators.findIndex(({ op }) => level.includes(op))
    : operators.findLastIndex(({ op }) => level.includes(op))
  const operator = operators[index]
  if (operator === undefined) throw errorAt(syntax.text, 0, 'found an operation without an operator')
  return combine(
    syntax,
    operator,
    assemble(syntax, operands.slice(0, index + 1), operators.slice(0, index)),
    assemble(syntax, operands.slice(index + 1), operators.slice(index + 1)),
  )
}

function combine(syntax: Syntax, { op, node, modifier }: Operator, left: MetricExpr, right: MetricExpr): MetricExpr {
  const bool = modifier?.getChild('Bool') != null
  const matcher = modifier?.getChild('OnOrIgnoringModifier') ?? null
  const isSet = op === 'and' || op === 'or' || op === 'unless'
  const isComparison = LEVELS[2]?.includes(op) === true
  const scalars = [left, right].filter((side) => side.kind === 'number').length
  const wrong = (message: string): never => {
    throw errorAt(syntax.text, node.from, message)
  }
  if (bool && !isComparison) wrong(`found bool after ${op}; expected it after a comparison`)
  if (isSet && scalars > 0) wrong(`found ${op} with a number; expected metrics on both sides`)
  if (matcher !== null && scalars > 0) wrong('found on or ignoring with a number; expected metrics on both sides')
  const many = modifier?.getChild('GroupLeft') ? 'left' : modifier?.getChild('GroupRight') ? 'right' : null
  if (many !== null && isSet) wrong(`found group_${many} after ${op}; expected it after arithmetic or a comparison`)
  const include = modifier?.getChild('GroupingLabels')
  const operation: BinaryOperation = {
    kind: 'binary',
    op,
    bool,
    matching: matcher && { on: matcher.getChild('On') !== null, labels: namesIn(syntax, matcher) },
    many,
    include: include == null ? [] : namesIn(syntax, include),
    left,
    right,
  }
  if (left.kind === 'number' && right.kind === 'number')
    return { kind: 'number', value: compute(op, left.value, right.value) }
  return operation
}

function namesIn(syntax: Syntax, node: SyntaxNode): string[] {
  return childrenOf(node).flatMap((child) =>
    child.name === 'GroupingLabel' ? [textOf(syntax, child)] : namesIn(syntax, child),
  )
}

/** An operation on two numbers; a comparison gives 1 or 0. */
function compute(op: BinaryOp, a: number, b: number): number {
  switch (op) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    case '^':
      return a ** b
    case '==':
      return Number(a === b)
    case '!=':
      return Number(a !== b)
    case '>':
      return Number(a > b)
    case '>=':
      return Number(a >= b)
    case '<':
      return Number(a < b)
    case '<=':
      return Number(a <= b)
    default:
      return Number.NaN
  }
}
