import { children, type Duration, type Expr, type Subquery, type VectorSelector } from './ast.js'
import type { QueryTimes } from './frame.js'
import { infoSelection } from './info-selector.js'
import type { PromqlQuery } from './parse.js'
import { meaningError } from './query-text.js'
import { LOOKBACK_MS, type ResolvedShift, resolveDuration, resolveShift, SUBQUERY_STEP_MS } from './shift.js'

/** The longest that fits 64 bits of nanoseconds, as in Prometheus. */
const MAX_DURATION_MS = 2 ** 63 / 1e6

/** What one selector needs of the source, Unix ms, both ends included. */
export interface Fetch {
  readonly selector: VectorSelector
  readonly start: number
  readonly end: number
}

/** A query made ready for evaluation between two times. */
export interface Plan {
  readonly query: PromqlQuery
  readonly times: QueryTimes
  readonly fetches: readonly Fetch[]
  /** Expressions that are the same at every instant, so that one evaluation serves all. */
  readonly invariant: ReadonlySet<Expr>
}

/** Resolves what the query's times decide. Throws a `PromqlError` for a range or step that is not above zero. */
export function planQuery(query: PromqlQuery, times: QueryTimes): Plan {
  const fetches: Fetch[] = []
  collect(query.expr, times.start, times.end)
  const invariant = new Set<Expr>()
  markInvariant(query.expr, invariant)
  return { query, times, fetches, invariant }

  function collect(expr: Expr, from: number, to: number): void {
    if (expr.kind === 'vectorSelector') addFetch(expr, LOOKBACK_MS, from, to)
    else if (expr.kind === 'matrixSelector') addFetch(expr.selector, positive(expr.range, expr), from, to)
    else if (expr.kind === 'subquery') {
      const range = positive(expr.range, expr)
      if (expr.step !== null) positive(expr.step, expr)
      const { at, offset } = shiftOf(expr)
      collect(expr.expr, (at ?? from) - offset - range, (at ?? to) - offset)
    } else if (expr.kind === 'call' && expr.name === 'info') {
      // The second argument only lends its matchers.
      for (const inner of expr.args.slice(0, 1)) collect(inner, from, to)
      addFetch(infoSelection(expr).selector, LOOKBACK_MS, from, to)
    } else {
      for (const inner of children(expr)) collect(inner, from, to)
    }
  }

  function addFetch(selector: VectorSelector, lookBack: number, from: number, to: number): void {
    const { at, offset } = shiftOf(selector)
    // What lies past an edge is looked for as far as the newest sample is.
    const before = selector.edges === null ? 0 : LOOKBACK_MS
    const after = selector.edges === 'smoothed' ? LOOKBACK_MS : 0
    fetches.push({ selector, start: (at ?? from) - offset - lookBack - before, end: (at ?? to) - offset + after })
  }

  function shiftOf(expr: VectorSelector | Subquery): ResolvedShift {
    const shift = resolveShift(expr, times)
    if (Math.abs(shift.offset) <= MAX_DURATION_MS) return shift
    throw meaningError(query.text, expr.span, `expected an offset of at most 292 years, found ${shift.offset / 1000} s`)
  }

  function positive(duration: Duration, expr: Expr): number {
    const ms = resolveDuration(duration, times)
    if (ms > 0 && ms <= MAX_DURATION_MS) return ms
    throw meaningError(
      query.text,
      expr.span,
      `expected a duration above zero and of at most 292 years, found ${ms / 1000} s`,
    )
  }
}

/** Step of a subquery in ms. */
export function subqueryStep(step: Duration | null, times: QueryTimes): number {
  return step === null ? SUBQUERY_STEP_MS : resolveDuration(step, times)
}

/** Functions whose result depends on the instant even if no argument does. */
const TIME_BOUND: ReadonlySet<string> = new Set([
  'time',
  'timestamp',
  'predict_linear',
  'info',
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'year',
])

function markInvariant(expr: Expr, found: Set<Expr>): boolean {
  const inner = children(expr).map((part) => markInvariant(part, found))
  const same =
    expr.kind === 'vectorSelector' || expr.kind === 'subquery'
      ? expr.at !== null
      : inner.every(Boolean) && !(expr.kind === 'call' && TIME_BOUND.has(expr.name))
  if (same) found.add(expr)
  return same
}
