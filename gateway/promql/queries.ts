import { typeOf } from '../../query/promql/check-types.js'
import { type PromqlQuery, parsePromql, type SampleSeries } from '../../query/promql/index.js'
import { type Fetch, planQuery } from '../../query/promql/plan.js'
import { position } from '../../query/promql/query-text.js'
import { ROW } from '../../query/promql/rolled/bucket-rows.js'
import type { RollupFacts } from '../../query/promql/rolled/plan-rollups.js'
import { timeReach } from '../../query/promql/time-reach.js'
import { formatDuration } from '../../schema/domain/duration.js'
import { exceeded, MAX_STEPS, QueryBoundError, type QueryBounds } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import type { SeriesRange } from '../../schema/ports/series.js'
import type { MetricReader } from '../../schema/ports/telemetry.js'
import type { QueryLimits, QueryTurns } from '../query-turns.js'
import type { AnswerMemory } from './cache/answer-memory.js'
import { checkedMatchers } from './checked-matchers.js'
import { packRows } from './packed-rows.js'
import { packSeries } from './packed-series.js'
import type { EvaluationPool } from './pool.js'
import type { RollupAnswers } from './rollups.js'
import { selectionKey } from './selection-key.js'
import type { Evaluated, EvaluationTask, RolledShare, Selection } from './task.js'

/** One query of a person or a program. */
export interface PromqlAsk extends Pick<EvaluationTask, 'promql' | 'times' | 'form' | 'limit'> {
  /** Aborts when the caller leaves. */
  readonly signal: AbortSignal
  /** Less time than the bound; null for all of it, ms. */
  readonly timeoutMs: number | null
  /** Fewer values than the bound; left out, all of them. */
  readonly points?: number
}

/** Answers PromQL for an org, within its bounds. */
export interface PromqlQueries {
  /**
   * @throws ExpressionError for a query that is wrong as it is written.
   * @throws PromqlError for one that is wrong for the data it meets.
   * @throws QueryBoundError, QueryCancelledError, StoreError
   */
  ask(orgId: string, ask: PromqlAsk): Promise<Evaluated>
}

/** A query that is wrong as it is written, whatever the data. */
export class ExpressionError extends QueryError {}

/** Answers queries: parse and plan here, read the series here, evaluate in the pool. */
export function createPromqlQueries(deps: {
  readonly pool: EvaluationPool
  readonly metrics: { forOrg(orgId: string): MetricReader }
  readonly turns: QueryTurns
  /** Null where every answer is evaluated anew. */
  readonly memory: AnswerMemory | null
  /** Null where samples alone are read. */
  readonly rollups: RollupAnswers | null
}): PromqlQueries {
  const { pool, metrics, turns, memory, rollups } = deps

  return {
    ask: (orgId, ask) =>
      turns.run({ orgId, signal: ask.signal, timeoutMs: ask.timeoutMs }, (limits) => answer(orgId, ask, limits)),
  }

  async function answer(orgId: string, ask: PromqlAsk, limits: QueryLimits): Promise<Evaluated> {
    const { promql, times, form, limit } = ask
    if (times.step > 0 && (times.end - times.start) / times.step > MAX_STEPS) throw exceeded('steps', MAX_STEPS)
    const { query, reach } = asExpressionError(() => {
      const query = parsePromql(promql)
      if (times.step > 0) requireInstants(query)
      for (const { selector } of planQuery(query, times).fetches) checkedMatchers(selector.matchers)
      return { query, reach: times.step > 0 ? timeReach(query, times.step) : null }
    })
    const points = Math.min(ask.points ?? limits.bounds.points, limits.bounds.points)
    const task = { promql, times, form, limit, points }
    if (memory === null || reach === null) {
      return pool.run(orgId, { ...task, ...(await read(orgId, query, times, limits)) }, limits.signal)
    }
    const recalled = await memory.recall({ orgId, promql, ...times }, reach)
    const { known, missing } = recalled
    const rest = missing && { start: missing.first, end: missing.last, step: times.step }
    const found = rest === null ? { selections: [] } : await read(orgId, query, rest, limits)
    const evaluated = await pool.run(orgId, { ...task, ...found, shares: { known, missing } }, limits.signal)
    if (evaluated.fresh?.warnings.length === 0) recalled.remember(evaluated.fresh)
    return evaluated
  }

  /** Reads what a query's selectors meet, together within the bounds. */
  async function read(
    orgId: string,
    query: PromqlQuery,
    times: EvaluationTask['times'],
    { signal, bounds }: QueryLimits,
  ): Promise<Pick<EvaluationTask, 'selections' | 'rolled' | 'warnings'>> {
    const { fetches } = planQuery(query, times)
    const facts = (await rollups?.facts(orgId, fetches)) ?? null
    const [selections, rolled, warnings]: [Selection[], RolledShare[], string[]] = [[], [], []]
    const reader = metrics.forOrg(orgId)
    const room = { series: bounds.series, samples: bounds.samples }
    const take = (series: readonly unknown[], samples: number) => {
      room.series -= series.length
      room.samples -= samples
    }
    for (const [place, fetch] of fetches.entries()) {
      const { selector, start, end } = fetch
      const key = selectionKey(selector.matchers, { start, end })
      const limits = { signal, bounds: { ...bounds, ...room } }
      if (facts !== null && rollups !== null) {
        const answer = await withWholeBounds(bounds, () => rollups.answer(orgId, fetch, facts, limits))
        if (answer !== null) {
          const { levelMs, exact } = answer
          const series = packRows(answer.series)
          take(answer.series, series.rows.length / ROW)
          rolled.push({ fetch: place, levelMs, exact, series })
          if (!exact && series.rows.length > 0) warnings.push(approximately(query, fetch, facts, levelMs))
          continue
        }
        const standIns = await withWholeBounds(bounds, () => rollups.standIns(orgId, fetch, facts, limits))
        if (standIns !== null) {
          if (selections.every((one) => one.key !== key)) selections.push({ key, series: packSeries(standIns.series) })
          take(standIns.series, countOf(standIns.series))
          if (standIns.series.length > 0) warnings.push(approximately(query, fetch, facts, standIns.levelMs))
          continue
        }
      }
      if (selections.some((one) => one.key === key)) continue
      const range = withinReach(start, end)
      const series = await withWholeBounds(bounds, () => reader.select(selector.matchers, range, null, limits))
      take(series, countOf(series))
      selections.push({ key, series: packSeries(series) })
    }
    return { selections, rolled, warnings: [...new Set(warnings)] }
  }
}

function countOf(series: readonly SampleSeries[]): number {
  return series.reduce((sum, { timestamps }) => sum + timestamps.length, 0)
}

/** Why an answer is approximate, in the form of the engine's own warnings. */
function approximately(
  { text }: PromqlQuery,
  { selector }: Fetch,
  { samplesFrom }: RollupFacts,
  levelMs: number,
): string {
  const { line, column } = position(text, selector.span.from)
  const since = new Date(samplesFrom).toISOString()
  return `PromQL warning: samples before ${since} are no longer kept; rollups of ${formatDuration(levelMs)} stand for them, and the answer is approximate (${line}:${column})`
}

/** A reader that met what was left of a bound names what is left; the error names all of it. */
async function withWholeBounds<Result>(bounds: QueryBounds, select: () => Promise<Result>): Promise<Result> {
  try {
    return await select()
  } catch (error) {
    if (error instanceof QueryBoundError && (error.bound === 'series' || error.bound === 'samples'))
      throw exceeded(error.bound, bounds[error.bound])
    throw error
  }
}

function requireInstants({ expr }: PromqlQuery): void {
  const type = typeOf(expr)
  if (type === 'vector' || type === 'scalar') return
  const found = type === 'matrix' ? 'range vector' : type
  throw new QueryError(`Line 1, column 1: found a ${found}; expected a scalar or an instant vector over a range.`, 1, 1)
}

function asExpressionError<Result>(read: () => Result): Result {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw new ExpressionError(error.message, error.line, error.column)
  }
}

/** Times that every store can compare: years 1 to 9999, Unix ms. No sample is outside of them. */
function withinReach(start: number, end: number): SeriesRange {
  const clamp = (ms: number) => Math.min(Math.max(ms, -62_135_596_800_000), 253_402_300_799_999)
  return { start: clamp(start), end: clamp(end) }
}
