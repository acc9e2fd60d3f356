import type { Tree } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { nearestName } from '../../schema/domain/nearest-name.js'
import { AGGREGATE_OPS, type Expr } from './ast.js'
import { checkDurations } from './check-durations.js'
import { checkTypes } from './check-types.js'
import { type PromqlError, syntaxError } from './query-text.js'
import { SIGNATURES } from './signatures.js'
import { readExpression } from './syntax/expression.js'
import { prepare } from './syntax/prepare.js'

/** A parsed query: its text (spans of nodes are offsets in it) and its expression. */
export interface PromqlQuery {
  readonly text: string
  readonly expr: Expr
}

const MAX_LENGTH = 65_536
/** Deeper nesting would overflow the stack of a process that has other things to do. */
const MAX_DEPTH = 500

/**
 * Parses and type-checks a PromQL expression. Throws a `PromqlError` (a `QueryError`) with line, column, what was found
 * and what was expected.
 */
export function parsePromql(text: string): PromqlQuery {
  if (text.length > MAX_LENGTH) {
    throw syntaxError(text, MAX_LENGTH, `${text.length} characters`, `at most ${MAX_LENGTH}`)
  }
  const prepared = prepare(text)
  const tree = parser.parse(prepared)
  refuseErrors(text, tree)
  let root = tree.topNode.firstChild
  while (root !== null && root.name === 'LineComment') root = root.nextSibling
  if (root === null) throw syntaxError(text, 0, 'an empty query', 'an expression')
  const expr = readExpression({ text, prepared }, root)
  checkTypes(text, expr)
  checkDurations(text, expr)
  return { text, expr }
}

/** The grammar repairs what it cannot read and marks the place; any mark refuses the query. */
function refuseErrors(text: string, tree: Tree): void {
  const cursor = tree.cursor()
  const ancestors: string[] = []
  while (true) {
    if (cursor.type.isError) throw errorAt(text, cursor.from, ancestors.at(-1) ?? '', cursor.node.prevSibling)
    if (ancestors.length > MAX_DEPTH) {
      throw syntaxError(text, cursor.from, 'deeper nesting', `at most ${MAX_DEPTH} levels`)
    }
    const name = cursor.name
    if (cursor.firstChild()) {
      ancestors.push(name)
      continue
    }
    while (!cursor.nextSibling()) {
      if (!cursor.parent()) return
      ancestors.pop()
    }
  }
}

const EXPECTED: Readonly<Record<string, string>> = {
  PromQL: 'an operator or the end of the query',
  BinaryExpr: 'an expression after the operator',
  UnaryExpr: 'an expression after the sign',
  FunctionCallBody: 'an expression, "," or ")"',
  ParenExpr: 'an expression or ")"',
  LabelMatchers: 'a matcher such as name="value", "," or "}"',
  UnquotedLabelMatcher: 'a matcher such as name="value"',
  QuotedLabelMatcher: 'a matcher such as "name"="value"',
  GroupingLabels: 'label names with "," between them, or ")"',
  MatchingModifierClause: 'label names in parentheses',
  AggregateExpr: 'an expression in parentheses',
  AggregateModifier: 'label names in parentheses',
  MatrixSelector: 'a duration such as 5m, or "]"',
  SubqueryExpr: 'a duration such as 5m, or "]"',
  DurationExpr: 'a duration such as 5m',
  NumberDurationLiteralInDurationContext: 'a duration such as 5m',
  FillClause: 'a number in parentheses',
  FillLeftClause: 'a number in parentheses',
  FillRightClause: 'a number in parentheses',
  OffsetExpr: 'a duration such as 5m',
  OffsetDurationExpr: 'a duration such as 5m',
  StepInvariantExpr: 'a Unix time, start() or end()',
}

/** What to call instead of an unknown function: one of another case, or one that differs in a few letters. */
function expectedFunction(name: string): string {
  const known = [...SIGNATURES.keys(), ...AGGREGATE_OPS]
  const lower = name.toLowerCase()
  const meant = nearestName(lower, known, Math.floor(name.length / 3))
  return `a function or an aggregation of PromQL${meant === null ? '' : `, such as "${meant}"`}`
}

/** Nodes behind which an operation is complete. */
const OPERAND = /Expr$|Selector$|Literal$|^FunctionCall$/

function errorAt(
  text: string,
  from: number,
  parent: string,
  before: { name: string; from: number; to: number } | null,
): PromqlError {
  const at = from + (/^\s*/.exec(text.slice(from))?.[0].length ?? 0)
  const token = /^(?:[\w:.]+|"(?:[^"\\]|\\.)*"|\S)/su.exec(text.slice(at))?.[0]
  if (token === '(' && parent === 'VectorSelector' && before?.name === 'Identifier') {
    const name = text.slice(before.from, before.to)
    return syntaxError(text, before.from, `the unknown function "${name}"`, expectedFunction(name))
  }
  const found = token === undefined ? 'the end of the query' : `"${token}"`
  return syntaxError(text, at, found, expectedIn(parent, before))
}

function expectedIn(parent: string, before: { name: string } | null): string {
  // Nothing but comments stands before; or parentheses hold nothing.
  if (before === null ? /^(?:PromQL|VectorSelector)$/.test(parent) : before.name === 'LineComment')
    return 'an expression'
  const complete = parent === 'BinaryExpr' && before !== null && OPERAND.test(before.name)
  return (complete ? undefined : EXPECTED[parent]) ?? 'an operator, a modifier or the end of the query'
}
