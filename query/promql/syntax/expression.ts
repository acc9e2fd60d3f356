import type { SyntaxNode } from '@lezer/common'
import type { AggregateOp, AtModifier, BinaryOp, Duration, Expr, TimeShift, VectorMatching } from '../ast.js'
import { unwrap } from '../ast.js'
import { syntaxError } from '../query-text.js'
import { readDuration } from './duration.js'
import { numberValue } from './literals.js'
import { bindOperators, type Piece } from './precedence.js'
import { functionName } from './prepare.js'
import { readSelector } from './selector.js'
import { child, childNodes, labelList, literalText, type Source, textOf, wrongAt } from './tree.js'

const NO_MATCHING: VectorMatching = {
  on: false,
  labels: [],
  group: null,
  include: [],
  fillLeft: null,
  fillRight: null,
}

/** The expression at a node of the grammar's tree. */
export function readExpression(source: Source, node: SyntaxNode): Expr {
  const pieces: Piece[] = []
  flatten(source, node, pieces)
  return bindOperators(pieces)
}

function flatten(source: Source, node: SyntaxNode, pieces: Piece[]): void {
  const parts = childNodes(node)
  const [first] = parts
  switch (node.name) {
    case 'BinaryExpr': {
      const last = parts.at(-1)
      if (first === undefined || last === undefined) return
      flatten(source, first, pieces)
      pieces.push(infixPiece(source, node, parts))
      flatten(source, last, pieces)
      return
    }
    case 'UnaryExpr': {
      const [sign, operand] = parts
      if (sign === undefined || operand === undefined) return
      pieces.push({ kind: 'prefix', op: textOf(source, sign) === '-' ? '-' : '+', from: node.from })
      flatten(source, operand, pieces)
      return
    }
    case 'NumberDurationLiteral': {
      const { sign, rest } = splitSign(textOf(source, node))
      if (sign !== '') pieces.push({ kind: 'prefix', op: sign === '-' ? '-' : '+', from: node.from })
      const span = { from: node.to - rest.length, to: node.to }
      pieces.push({ kind: 'operand', expr: { kind: 'number', value: numberValue(rest), span } })
      return
    }
    case 'OffsetExpr':
    case 'StepInvariantExpr':
    case 'MatrixSelector':
    case 'SubqueryExpr':
    case 'AnchoredExpr':
    case 'SmoothedExpr':
      if (first === undefined) return
      flatten(source, first, pieces)
      pieces.push({ kind: 'postfix', apply: (expr) => applyPostfix(source, node, expr) })
      return
    default:
      pieces.push({ kind: 'operand', expr: readOperand(source, node) })
  }
}

function readOperand(source: Source, node: SyntaxNode): Expr {
  const span = { from: node.from, to: node.to }
  switch (node.name) {
    case 'StringLiteral':
      return { kind: 'string', value: literalText(source, node), span }
    case 'ParenExpr': {
      const [inner] = childNodes(node)
      if (inner === undefined) throw new Error('grammar: empty parentheses')
      return { kind: 'paren', expr: readExpression(source, inner), span }
    }
    case 'VectorSelector':
      return readSelector(source, node)
    case 'FunctionCall': {
      const { from, to } = child(node, 'FunctionIdentifier')
      const name = functionName(source.text.slice(from, to), source.prepared.slice(from, to))
      return { kind: 'call', name, args: readArguments(source, node), span }
    }
    case 'AggregateExpr':
      return readAggregation(source, node)
    default:
      throw new Error(`grammar: ${node.name} is no expression`)
  }
}

function readArguments(source: Source, node: SyntaxNode): Expr[] {
  return childNodes(child(node, 'FunctionCallBody')).map((argument) => readExpression(source, argument))
}

const WITH_PARAMETER: ReadonlySet<string> = new Set<AggregateOp>([
  'topk',
  'bottomk',
  'quantile',
  'count_values',
  'limitk',
  'limit_ratio',
])

function readAggregation(source: Source, node: SyntaxNode): Expr {
  const op = textOf(source, child(node, 'AggregateOp')).toLowerCase() as AggregateOp
  const args = readArguments(source, node)
  const wanted = WITH_PARAMETER.has(op) ? 2 : 1
  const expr = args[wanted - 1]
  if (args.length !== wanted || expr === undefined) {
    throw wrongAt(source, node, `${op} has ${args.length} arguments, expected ${wanted}`)
  }
  const modifier = node.getChild('AggregateModifier')
  return {
    kind: 'aggregation',
    op,
    without: modifier !== null && modifier.getChild('Without') !== null,
    labels: modifier === null ? [] : labelList(source, child(modifier, 'GroupingLabels')),
    param: wanted === 2 ? (args[0] ?? null) : null,
    expr,
    span: { from: node.from, to: node.to },
  }
}

function infixPiece(source: Source, node: SyntaxNode, parts: readonly SyntaxNode[]): Piece {
  const operator = parts[1]
  if (operator === undefined) throw new Error('grammar: an operation without an operator')
  if (operator.name === 'TrimUpper' || operator.name === 'TrimLower') {
    throw wrongAt(source, operator, `${textOf(source, operator)} needs native histograms, which are not supported`)
  }
  const clause = node.getChild('MatchingModifierClause')
  const fill = node.getChild('FillModifier')
  return {
    kind: 'infix',
    op: textOf(source, operator).toLowerCase() as BinaryOp,
    bool: node.getChild('BoolModifier') !== null,
    matching: {
      ...(clause === null ? NO_MATCHING : readMatching(source, clause)),
      ...(fill === null ? {} : readFill(source, fill)),
    },
  }
}

function readMatching(source: Source, clause: SyntaxNode): VectorMatching {
  const [labels, include] = clause.getChildren('GroupingLabels')
  const group = clause.getChild('GroupLeft') !== null ? 'left' : clause.getChild('GroupRight') !== null ? 'right' : null
  return {
    ...NO_MATCHING,
    on: clause.getChild('On') !== null,
    labels: labels === undefined ? [] : labelList(source, labels),
    group,
    include: include === undefined ? [] : labelList(source, include),
  }
}

function readFill(source: Source, node: SyntaxNode): Partial<VectorMatching> {
  const valueIn = (name: string): number | null => {
    const clause = node.getChild(name)
    if (clause === null) return null
    return signedValue(source, child(clause, 'NumberDurationLiteral'))
  }
  const both = valueIn('FillClause')
  return { fillLeft: both ?? valueIn('FillLeftClause'), fillRight: both ?? valueIn('FillRightClause') }
}

function applyPostfix(source: Source, node: SyntaxNode, expr: Expr): Expr {
  const span = { from: expr.span.from, to: node.to }
  const durations = node.getChildren('DurationExpr').map((duration) => readDuration(source, duration))
  const [range, step = null] = durations
  if (node.name === 'SubqueryExpr' && range !== undefined) {
    const type = unwrap(expr).kind
    if (type === 'matrixSelector' || type === 'subquery')
      throw wrongAt(source, node, 'a subquery needs an instant vector, found a range of samples')
    return { kind: 'subquery', expr, range, step, offset: null, at: null, span }
  }
  if (node.name === 'MatrixSelector' && range !== undefined) return toMatrix(source, node, expr, range)
  if (node.name === 'AnchoredExpr' || node.name === 'SmoothedExpr') return withEdges(source, node, expr)
  const shift: Partial<TimeShift> =
    node.name === 'OffsetExpr'
      ? { offset: readDuration(source, child(node, 'OffsetDurationExpr')) }
      : { at: readAt(source, node) }
  const word = node.name === 'OffsetExpr' ? 'offset' : '@'
  const key = node.name === 'OffsetExpr' ? 'offset' : 'at'
  const target = expr.kind === 'matrixSelector' ? expr.selector : expr
  if (target.kind !== 'vectorSelector' && target.kind !== 'subquery') {
    throw wrongAt(source, node, `${word} must follow a selector or a subquery`)
  }
  if (target[key] !== null) throw wrongAt(source, node, `${word} stands more than once on one selector`)
  if (expr.kind === 'matrixSelector') return { ...expr, selector: { ...expr.selector, ...shift }, span }
  return { ...target, ...shift, span }
}

function toMatrix(source: Source, node: SyntaxNode, expr: Expr, range: Duration): Expr {
  if (expr.kind !== 'vectorSelector') throw wrongAt(source, node, 'a range in brackets must follow a selector')
  if (expr.offset !== null || expr.at !== null) {
    throw wrongAt(source, node, 'offset and @ must follow the range in brackets, not stand before it')
  }
  return { kind: 'matrixSelector', selector: expr, range, span: { from: expr.span.from, to: node.to } }
}

function withEdges(source: Source, node: SyntaxNode, expr: Expr): Expr {
  const edges = node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed'
  const selector = expr.kind === 'matrixSelector' ? expr.selector : expr
  if (selector.kind !== 'vectorSelector' || (edges === 'anchored' && expr.kind !== 'matrixSelector')) {
    const place = edges === 'anchored' ? 'a selector with a range' : 'a selector'
    throw wrongAt(source, node, `${edges} must follow ${place}`)
  }
  if (selector.edges !== null) throw wrongAt(source, node, `${edges} follows ${selector.edges}; expected one of them`)
  const span = { from: expr.span.from, to: node.to }
  if (expr.kind === 'matrixSelector') return { ...expr, selector: { ...selector, edges }, span }
  return { ...selector, edges, span }
}

function readAt(source: Source, node: SyntaxNode): AtModifier {
  const end = node.getChild('AtModifierPreprocessors')
  if (end !== null) return { kind: end.getChild('AtStart') === null ? 'end' : 'start' }
  const literal = child(node, 'NumberDurationLiteral')
  const seconds = signedValue(source, literal)
  if (!Number.isFinite(seconds) || Math.abs(seconds) > 9e12) {
    throw syntaxError(source.text, literal.from, textOf(source, literal), 'a Unix time in seconds')
  }
  return { kind: 'time', ms: Math.round(seconds * 1000) }
}

function signedValue(source: Source, literal: SyntaxNode): number {
  const { sign, rest } = splitSign(textOf(source, literal))
  return sign === '-' ? -numberValue(rest) : numberValue(rest)
}

function splitSign(literal: string): { sign: string; rest: string } {
  const [, sign = '', rest = ''] = /^([+-]?)\s*(.*)$/s.exec(literal) ?? []
  return { sign, rest }
}
