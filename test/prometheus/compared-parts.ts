import { children, type Expr } from '../../query/promql/ast.js'
import { typeOf } from '../../query/promql/check-types.js'
import { parsePromql } from '../../query/promql/index.js'

const CONDITIONS: readonly string[] = ['==', '!=', '>', '<', '>=', '<=', 'and', 'or', 'unless']

/** The parts of an alert that hold no condition, as texts: what it compares, and with what. */
export function comparedParts(text: string): string[] {
  return partsOf(text, parsePromql(text).expr)
}

function partsOf(text: string, expr: Expr): string[] {
  if (!filters(expr)) return typeOf(expr) === 'matrix' ? [] : [text.slice(expr.span.from, expr.span.to)]
  return children(expr).flatMap((part) => partsOf(text, part))
}

/** Whether an expression leaves series out that it has. */
function filters(expr: Expr): boolean {
  const own =
    (expr.kind === 'binary' && !expr.bool && CONDITIONS.includes(expr.op)) ||
    (expr.kind === 'call' && expr.name.startsWith('absent'))
  return own || children(expr).some(filters)
}
