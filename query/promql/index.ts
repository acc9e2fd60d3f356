/**
 * PromQL over float samples: parse → plan → load → evaluate. Pure but for what the source does; no clock is read.
 * Native histograms are not supported; what needs them is refused by name. The metric's name is dropped at the end of an
 * evaluation (Prometheus's `promql-delayed-name-removal`), so `label_replace` may still use it after `rate`.
 */
import { typeOf } from './check-types.js'
import { evaluate } from './evaluate.js'
import { type QueryTimes, queryFrame } from './frame.js'
import { loadSeries } from './load.js'
import { Notes } from './notes.js'
import { type PromqlQuery, parsePromql } from './parse.js'
import { planQuery } from './plan.js'
import { meaningError, syntaxError } from './query-text.js'
import { columnsToSeries, finishColumns, type InstantResult, type RangeResult, rangeSamples } from './result.js'
import type { RolledSelection } from './rolled/rolled-selection.js'
import { MAX_VALUES, type Scope } from './scope.js'
import type { SeriesSource } from './source.js'

export { analysePromql, type PromqlAnalysis, type SelectorAnalysis } from './analyse.js'
export { compileMatchers } from './match-labels.js'
export { type PromqlQuery, parsePromql } from './parse.js'
export { PromqlError } from './query-text.js'
export type { Annotated, InstantResult, MatrixSeries, RangeResult, VectorSample } from './result.js'
export type { SampleSeries, SeriesSource } from './source.js'

/**
 * Evaluates at one instant. Throws a `PromqlError` (a `QueryError`) for a query that is wrong, or wrong for the data it
 * meets; errors of the source pass through.
 *
 * @param expression PromQL, or what `parsePromql` made of it.
 * @param at Unix ms.
 */
export async function evaluateInstant(
  expression: string | PromqlQuery,
  { source, at, rolled }: Sources & { readonly at: number },
): Promise<InstantResult> {
  const query = typeof expression === 'string' ? parsePromql(expression) : expression
  refuseNoTime(query.text, at)
  const times = { start: at, end: at, step: 0 }
  const scope = await openScope(query, times, { source, rolled })
  const frame = queryFrame(times)
  const { expr } = query
  if (typeOf(expr) === 'matrix') {
    const series = rangeSamples(scope, expr, frame)
    return { kind: 'matrix', timestamp: at, series, ...scope.notes.lists() }
  }
  const value = evaluate(scope, expr, frame)
  const notes = scope.notes.lists()
  if (value.kind === 'string') return { kind: 'string', timestamp: at, value: value.value, ...notes }
  if (value.kind === 'scalar') return { kind: 'scalar', timestamp: at, value: value.values[0] ?? Number.NaN, ...notes }
  const samples = finishColumns(scope, expr, value.columns).map(({ labels, values }) => ({
    labels,
    value: values[0] ?? 0,
  }))
  return { kind: 'vector', timestamp: at, samples, ...notes }
}

/**
 * Evaluates at `start`, `start + step` … up to `end` (included). Throws as `evaluateInstant` does, and for an expression
 * that is no vector or scalar.
 *
 * @param range Unix ms and, for `step`, ms above 0.
 */
export async function evaluateRange(
  expression: string | PromqlQuery,
  {
    source,
    rolled,
    start,
    end,
    step,
  }: Sources & { readonly start: number; readonly end: number; readonly step: number },
): Promise<RangeResult> {
  const query = typeof expression === 'string' ? parsePromql(expression) : expression
  const { text, expr } = query
  refuseNoTime(text, start)
  refuseNoTime(text, end)
  if (!(step > 0)) throw syntaxError(text, 0, `a step of ${step} ms`, 'a step above zero')
  if (!(end >= start)) throw syntaxError(text, 0, 'a range that ends before it starts', 'an end at or after the start')
  const type = typeOf(expr)
  if (type === 'string' || type === 'matrix') {
    throw meaningError(
      text,
      expr.span,
      `a range query needs a scalar or an instant vector, found a ${type === 'matrix' ? 'range vector' : type}`,
    )
  }
  const times = { start, end, step }
  const { steps } = queryFrame(times)
  if (steps > MAX_VALUES) throw syntaxError(text, 0, `a range of ${steps} steps`, `at most ${MAX_VALUES}`)
  const scope = await openScope(query, times, { source, rolled })
  const frame = queryFrame(times)
  const value = evaluate(scope, expr, frame)
  if (value.kind === 'string') throw new Error('a string of type vector')
  const columns =
    value.kind === 'vector'
      ? finishColumns(scope, expr, value.columns)
      : [{ labels: {}, dropName: false, values: value.values, present: new Uint8Array(frame.steps).fill(1) }]
  return { kind: 'matrix', series: columnsToSeries(columns, frame), ...scope.notes.lists() }
}

function refuseNoTime(text: string, ms: number): void {
  if (!Number.isFinite(ms)) throw syntaxError(text, 0, `${ms} ms as a time`, 'a Unix time in ms')
}

/** What an evaluation reads. */
export interface Sources {
  readonly source: SeriesSource
  /** What of the plan's fetches is answered from rollups, by their place in it; the source is not asked for these. */
  readonly rolled?: ReadonlyMap<number, RolledSelection> | undefined
}

async function openScope(query: PromqlQuery, times: QueryTimes, { source, rolled }: Sources): Promise<Scope> {
  const { fetches, invariant } = planQuery(query, times)
  const scope: Scope = {
    text: query.text,
    times,
    notes: new Notes(query.text),
    data: await loadSeries(
      source,
      fetches.filter((_, place) => rolled?.has(place) !== true),
    ),
    rolled: new Map(
      fetches.flatMap(({ selector }, place) => {
        const selection = rolled?.get(place)
        return selection === undefined ? [] : [[selector, selection] as const]
      }),
    ),
    invariant,
    budget: { left: MAX_VALUES },
    evaluate: (expr, frame) => evaluate(scope, expr, frame),
  }
  return scope
}
