import { type Aggregation, type Binary, type Call, children, type Expr, unwrap, type ValueType } from './ast.js'
import { isLabelName } from './label-set.js'
import { excludesEmpty } from './match-labels.js'
import { meaningError } from './query-text.js'
import { SIGNATURES, UNSUPPORTED } from './signatures.js'

const NAMES: Readonly<Record<ValueType, string>> = {
  scalar: 'a scalar',
  string: 'a string',
  vector: 'an instant vector',
  matrix: 'a range vector',
}

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<='])
const SETS: ReadonlySet<string> = new Set(['and', 'or', 'unless'])

/** Functions that know what to do beyond the edges of a window. */
const EDGE_FUNCTIONS = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
} as const

/** What an expression yields. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'vectorSelector':
    case 'aggregation':
      return 'vector'
    case 'matrixSelector':
    case 'subquery':
      return 'matrix'
    case 'call':
      return SIGNATURES.get(expr.name)?.returns ?? 'vector'
    case 'binary':
      return typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector'
    case 'unary':
    case 'paren':
      return typeOf(expr.expr)
  }
}

/** Throws a `PromqlError` at the first operand or argument of a wrong type. */
export function checkTypes(text: string, expr: Expr): void {
  const node = unwrap(expr)
  const edges = node.kind === 'matrixSelector' ? node.selector.edges : null
  if (edges !== null) {
    throw meaningError(text, expr.span, `${edges} stands outside of a call of ${EDGE_FUNCTIONS[edges].join(', ')}`)
  }
  checkNode(text, expr)
}

function checkNode(text: string, expr: Expr): void {
  const expectType = (of: Expr, wanted: ValueType, where: string): void => {
    const found = typeOf(of)
    if (found !== wanted)
      throw meaningError(text, of.span, `expected ${NAMES[wanted]} in ${where}, found ${NAMES[found]}`)
  }
  // The second argument of info only lends its matchers: it selects nothing by itself.
  const parts = expr.kind === 'call' && expr.name === 'info' ? expr.args.slice(0, 1) : children(expr)
  for (const inner of parts) checkNode(text, inner)
  switch (expr.kind) {
    case 'vectorSelector':
      if (expr.matchers.some(excludesEmpty)) return
      throw meaningError(
        text,
        expr.span,
        'a selector must contain at least one matcher that does not match the empty text',
      )
    case 'call':
      checkCall(text, expr, expectType)
      return
    case 'aggregation':
      checkAggregation(text, expr, expectType)
      return
    case 'binary':
      checkBinary(text, expr)
      return
    case 'subquery':
      expectType(expr.expr, 'vector', 'a subquery')
      return
    case 'unary':
      if (typeOf(expr.expr) !== 'scalar') expectType(expr.expr, 'vector', 'an expression with a sign')
  }
}

type Expect = (of: Expr, wanted: ValueType, where: string) => void

function checkCall(text: string, call: Call, expectType: Expect): void {
  const missing = UNSUPPORTED.get(call.name)
  if (missing !== undefined)
    throw meaningError(text, call.span, `${call.name} needs ${missing}, which are not supported`)
  const signature = SIGNATURES.get(call.name)
  if (signature === undefined) throw meaningError(text, call.span, `unknown function "${call.name}"`)
  const most = signature.args.length
  const least = most - signature.optional
  const count = call.args.length
  if (count < least || (count > most && !signature.variadic)) {
    const expected = signature.variadic ? `at least ${least}` : least === most ? `${most}` : `${least} to ${most}`
    throw meaningError(text, call.span, `${call.name} has ${count} arguments, expected ${expected}`)
  }
  call.args.forEach((argument, index) => {
    expectType(argument, signature.args[Math.min(index, most - 1)] ?? 'vector', `a call of ${call.name}`)
  })
  call.args.forEach((argument) => {
    checkEdges(text, call, argument)
  })
  const labels = call.name === 'info' ? call.args[1] : undefined
  if (labels !== undefined && !areMatchers(text, labels)) {
    throw meaningError(text, labels.span, 'expected label matchers in braces as the second argument of info')
  }
}

/** Whether an expression is a selector without a metric's name before its braces, and of no other time. */
function areMatchers(text: string, expr: Expr): boolean {
  const node = unwrap(expr)
  if (node.kind !== 'vectorSelector') return false
  return text[node.span.from] === '{' && node.offset === null && node.at === null && node.edges === null
}

function checkEdges(text: string, call: Call, argument: Expr): void {
  const node = unwrap(argument)
  const edges = node.kind === 'matrixSelector' ? node.selector.edges : null
  if (edges === null || EDGE_FUNCTIONS[edges].some((name) => name === call.name)) return
  const names = EDGE_FUNCTIONS[edges].join(', ')
  throw meaningError(text, call.span, `${edges} modifier can only be used with: ${names} - not with ${call.name}`)
}

function checkAggregation(text: string, node: Aggregation, expectType: Expect): void {
  expectType(node.expr, 'vector', `${node.op}`)
  if (node.param !== null) expectType(node.param, node.op === 'count_values' ? 'string' : 'scalar', `${node.op}`)
  const wrong = node.labels.find((label) => !isLabelName(label))
  if (wrong !== undefined) throw meaningError(text, node.span, `invalid label name ${JSON.stringify(wrong)}`)
}

function checkBinary(text: string, node: Binary): void {
  const { op, matching } = node
  const [left, right] = [typeOf(node.left), typeOf(node.right)]
  for (const side of [node.left, node.right]) {
    const type = typeOf(side)
    if (type !== 'scalar' && type !== 'vector') {
      throw meaningError(text, side.span, `expected a scalar or an instant vector beside ${op}, found ${NAMES[type]}`)
    }
  }
  const fault = faultOf(node, left === 'vector' && right === 'vector', left === 'scalar' && right === 'scalar')
  if (fault !== null) throw meaningError(text, node.span, fault)
  const twice = matching.on ? matching.labels.find((label) => matching.include.includes(label)) : undefined
  if (twice !== undefined) {
    throw meaningError(
      text,
      node.span,
      `the label "${twice}" stands in on and in group_${matching.group}; expected one of them`,
    )
  }
}

function faultOf({ op, bool, matching }: Binary, vectors: boolean, scalars: boolean): string | null {
  const comparison = COMPARISONS.has(op)
  if (bool && !comparison) return `bool stands with ${op}, expected a comparison`
  if (scalars && comparison && !bool) return 'comparisons between scalars must have the bool modifier'
  if (SETS.has(op) && !vectors) return `${op} needs an instant vector on both sides`
  if (SETS.has(op) && matching.group !== null)
    return `group_${matching.group} stands with ${op}, which matches many to many`
  const filled = matching.fillLeft !== null || matching.fillRight !== null
  if (filled && (SETS.has(op) || !vectors))
    return `fill stands with ${op}, expected arithmetic or a comparison of two instant vectors`
  if (!vectors && (matching.on || matching.labels.length > 0 || matching.group !== null)) {
    return 'matching labels stand between operands that are not both instant vectors'
  }
  return null
}
