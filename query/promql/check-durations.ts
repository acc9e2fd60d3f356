import { children, type Duration, type Expr, type Span } from './ast.js'
import { durationMs, type QueryLengths } from './duration.js'
import { meaningError } from './query-text.js'

/** The longest that fits 64 bits of nanoseconds, as in Prometheus. */
const MAX_DURATION_MS = 2 ** 63 / 1e6

const ANY_QUERY: QueryLengths = { step: 0, range: 0 }

/** Throws a `PromqlError` at the first duration that no query gives a value it may have. */
export function checkDurations(text: string, expr: Expr): void {
  for (const inner of children(expr)) checkDurations(text, inner)
  if (expr.kind === 'matrixSelector' || expr.kind === 'subquery') {
    const steps = expr.kind === 'subquery' && expr.step !== null ? [expr.step] : []
    for (const duration of [expr.range, ...steps])
      if (isFixed(duration)) checkLength(text, expr.span, duration, ANY_QUERY)
  }
  if (expr.kind === 'vectorSelector' || expr.kind === 'subquery') {
    if (expr.offset !== null && isFixed(expr.offset)) checkOffset(text, expr.span, expr.offset, ANY_QUERY)
  }
}

/** A duration above zero in ms. Throws a `PromqlError` for another. */
export function checkLength(text: string, span: Span, duration: Duration, query: QueryLengths): number {
  const ms = durationMs(duration, query)
  if (ms > 0 && ms <= MAX_DURATION_MS) return ms
  throw meaningError(text, span, `expected a duration above zero and of at most 292 years, found ${ms / 1000} s`)
}

/** An offset in ms. Throws a `PromqlError` for one that has no value, or too large a one. */
export function checkOffset(text: string, span: Span, offset: Duration | null, query: QueryLengths): number {
  const ms = offset === null ? 0 : durationMs(offset, query)
  if (Math.abs(ms) <= MAX_DURATION_MS) return ms
  throw meaningError(text, span, `expected an offset of at most 292 years, found ${ms / 1000} s`)
}

/** Whether a duration is the same in every query. */
function isFixed(duration: Duration): boolean {
  switch (duration.kind) {
    case 'seconds':
      return true
    case 'step':
    case 'range':
      return false
    case 'negate':
      return isFixed(duration.of)
    case 'combine':
      return isFixed(duration.left) && isFixed(duration.right)
  }
}
