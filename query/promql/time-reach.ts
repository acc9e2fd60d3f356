import { children, type Duration, type Expr } from './ast.js'
import type { PromqlQuery } from './parse.js'
import { planQuery } from './plan.js'

/** How far around an instant its value depends on samples, ms. */
export interface TimeReach {
  readonly back: number
  readonly ahead: number
}

/**
 * The reach of a query whose value at an instant depends on that instant and the step alone, so that answers over parts
 * of a range make up the answer over all of it. Null where it does not: `@`, `range()`, and `limitk`, which takes series
 * in the order in which they come.
 */
export function timeReach(query: PromqlQuery, step: number): TimeReach | null {
  if (!isLocal(query.expr)) return null
  const fetches = planQuery(query, { start: 0, end: 0, step }).fetches
  return {
    back: Math.max(0, ...fetches.map(({ start }) => -start)),
    ahead: Math.max(0, ...fetches.map(({ end }) => end)),
  }
}

function isLocal(expr: Expr): boolean {
  if ('at' in expr && expr.at !== null) return false
  if (expr.kind === 'aggregation' && (expr.op === 'limitk' || expr.op === 'limit_ratio')) return false
  if ('offset' in expr && asksForRange(expr.offset)) return false
  if ('range' in expr && asksForRange(expr.range)) return false
  if (expr.kind === 'subquery' && asksForRange(expr.step)) return false
  return children(expr).every(isLocal)
}

function asksForRange(duration: Duration | null): boolean {
  switch (duration?.kind) {
    case 'range':
      return true
    case 'negate':
      return asksForRange(duration.of)
    case 'combine':
      return asksForRange(duration.left) || asksForRange(duration.right)
    default:
      return false
  }
}
