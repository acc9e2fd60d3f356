import { children, type Duration, type Expr, type MatrixSelector, type Subquery, type VectorSelector } from './ast.js'
import { checkLength, checkOffset } from './check-durations.js'
import { type Frame, type QueryTimes, queryFrame } from './frame.js'
import { infoSelection } from './info-selector.js'
import type { PromqlQuery } from './parse.js'
import { LOOKBACK_MS, type ResolvedShift, resolveDuration, resolveShift, SUBQUERY_STEP_MS } from './shift.js'

/** What one selector needs of the source, Unix ms, both ends included. */
export interface Fetch {
  readonly selector: VectorSelector
  readonly start: number
  readonly end: number
  /** Null for the newest samples of a selector without a range. */
  readonly windows: FetchWindows | null
}

/** The windows of samples that a call looks at: as many as there are instants, each as long. */
export interface FetchWindows {
  /** The function; null where none takes them. */
  readonly call: string | null
  /** Length of a window, ms. */
  readonly range: number
  /** End of the first window (included), Unix ms. */
  readonly end: number
  /** From one end to the next, ms; of no meaning for a single window. */
  readonly step: number
  readonly steps: number
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
  const lengths = { step: times.step, range: times.end - times.start }
  collect(query.expr, { ...queryFrame(times), from: times.start, to: times.end }, null)
  const invariant = new Set<Expr>()
  markInvariant(query.expr, invariant)
  return { query, times, fetches, invariant }

  function collect(expr: Expr, frame: Span, call: string | null): void {
    if (expr.kind === 'vectorSelector') addFetch(expr, LOOKBACK_MS, frame, null)
    else if (expr.kind === 'matrixSelector')
      addFetch(expr.selector, positive(expr.range, expr), frame, windowsOf(expr, frame, call))
    else if (expr.kind === 'subquery') collect(expr.expr, innerSpan(expr, frame), null)
    else if (expr.kind === 'paren') collect(expr.expr, frame, call)
    else if (expr.kind === 'call' && expr.name === 'info') {
      // The second argument only lends its matchers.
      for (const inner of expr.args.slice(0, 1)) collect(inner, frame, null)
      addFetch(infoSelection(expr).selector, LOOKBACK_MS, frame, null)
    } else {
      const name = expr.kind === 'call' ? expr.name : null
      for (const inner of children(expr)) collect(inner, frame, name)
    }
  }

  /** The instants of a subquery: all that its windows look at, though the first may lie before its own first instant. */
  function innerSpan(expr: Subquery, { from, to, start: outer, steps, step }: Span): Span {
    const range = positive(expr.range, expr)
    if (expr.step !== null) positive(expr.step, expr)
    const { at, offset } = shiftOf(expr)
    const inner = subqueryStep(expr.step, times)
    const first = (at ?? outer) - offset
    const last = at === null ? first + (steps - 1) * step : first
    const start = inner * (Math.floor((first - range) / inner) + 1)
    return {
      ...{ from: (at ?? from) - offset - range, to: (at ?? to) - offset },
      ...{ start, step: inner, steps: Math.max(0, Math.floor((last - start) / inner) + 1) },
    }
  }

  function windowsOf(
    { selector, range }: MatrixSelector,
    { start, step, steps }: Span,
    call: string | null,
  ): FetchWindows {
    const { at, offset } = shiftOf(selector)
    const length = resolveDuration(range, times)
    if (at !== null) return { call, range: length, end: at - offset, step: 1, steps: Math.min(steps, 1) }
    return { call, range: length, end: start - offset, step, steps }
  }

  function addFetch(
    selector: VectorSelector,
    lookBack: number,
    { from, to }: Span,
    windows: FetchWindows | null,
  ): void {
    const { at, offset } = shiftOf(selector)
    // What lies past an edge is looked for as far as the newest sample is.
    const before = selector.edges === null ? 0 : LOOKBACK_MS
    const after = selector.edges === 'smoothed' ? LOOKBACK_MS : 0
    fetches.push({
      selector,
      start: (at ?? from) - offset - lookBack - before,
      end: (at ?? to) - offset + after,
      windows,
    })
  }

  function shiftOf(expr: VectorSelector | Subquery): ResolvedShift {
    checkOffset(query.text, expr.span, expr.offset, lengths)
    return resolveShift(expr, times)
  }

  function positive(duration: Duration, expr: Expr): number {
    return checkLength(query.text, expr.span, duration, lengths)
  }
}

/** Instants of a part of a query, and the times between which they lie. */
interface Span extends Frame {
  readonly from: number
  readonly to: number
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
