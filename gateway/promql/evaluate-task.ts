import type { InstantResult, RangeResult, Sources } from '../../query/promql/index.js'
import { evaluateInstant, evaluateRange, PromqlError } from '../../query/promql/index.js'
import type { Matcher } from '../../schema/domain/matcher.js'
import { exceeded, QueryBoundError } from '../../schema/domain/query-bounds.js'
import { resultJson } from '../prometheus/result-json.js'
import { joinSeries, type Part } from './join-series.js'
import { unpackRows } from './packed-rows.js'
import { packSeries, unpackSeries } from './packed-series.js'
import { selectionKey } from './selection-key.js'
import type { Evaluated, EvaluationAnswer, EvaluationTask, Fresh, Said, Shares } from './task.js'

/** Evaluates a task. Never rejects: what went wrong is an answer too. */
export async function evaluateTask(task: EvaluationTask): Promise<EvaluationAnswer> {
  try {
    return { outcome: 'done', evaluated: await evaluated(task) }
  } catch (error) {
    return failure(error)
  }
}

async function evaluated(task: EvaluationTask): Promise<Evaluated> {
  const { times, promql } = task
  const sources = sourcesOf(task)
  const { whole, fresh } =
    task.shares !== undefined
      ? await evaluateShares(task, task.shares)
      : times.step === 0
        ? { whole: warned(await evaluateInstant(promql, { ...sources, at: times.start }), task) }
        : { whole: warned(await evaluateRange(promql, { ...sources, ...times }), task) }
  const more = fresh === undefined ? {} : { fresh }
  if (pointsOf(whole) > task.points) throw exceeded('points', task.points)
  const result = cut(whole, task.limit)
  if (task.form === 'columns') return { form: 'columns', result, ...more }
  const data = new TextEncoder().encode(resultJson(result))
  return { form: 'json', data, warnings: result.warnings, infos: result.infos, ...more }
}

/** Evaluates what is missing and joins it with what is known. */
async function evaluateShares(task: EvaluationTask, { known, missing }: Shares): Promise<SharedResult> {
  if (missing === null) return { whole: joined(known, NOTHING_SAID) }
  const times = { start: missing.first, end: missing.last, step: task.times.step }
  const result = warned(await evaluateRange(task.promql, { ...sourcesOf(task), ...times }), task)
  const fresh = { series: packSeries(result.series), warnings: result.warnings, infos: result.infos }
  const parts = [...known, { ...missing, series: fresh.series }].sort((one, other) => one.first - other.first)
  return { whole: joined(parts, result), fresh }
}

interface SharedResult {
  readonly whole: InstantResult | RangeResult
  readonly fresh?: Fresh
}

const NOTHING_SAID: Said = { warnings: [], infos: [] }

function joined(parts: readonly (Part & Partial<Said>)[], { warnings, infos }: Said): RangeResult {
  const said = [...new Set([...parts.flatMap((part) => part.infos ?? []), ...infos])]
  return { kind: 'matrix', series: joinSeries(parts), warnings, infos: said }
}

function warned<Result extends InstantResult | RangeResult>(result: Result, { warnings = [] }: EvaluationTask): Result {
  return { ...result, warnings: [...result.warnings, ...warnings] }
}

function sourcesOf({ selections, rolled = [] }: EvaluationTask): Sources {
  const answers = new Map(selections.map(({ key, series }) => [key, series]))
  const source = {
    async select(matchers: readonly Matcher[], range: { readonly start: number; readonly end: number }) {
      const packed = answers.get(selectionKey(matchers, range))
      if (packed === undefined) throw new Error('A selector was evaluated that was not planned.')
      return unpackSeries(packed)
    },
  }
  const shares = rolled.map(({ fetch, series, ...rest }) => [fetch, { ...rest, series: unpackRows(series) }] as const)
  return { source, rolled: new Map(shares) }
}

function pointsOf(result: InstantResult | RangeResult): number {
  if (result.kind === 'vector') return result.samples.length
  if (result.kind !== 'matrix') return 1
  return result.series.reduce((sum, { values }) => sum + values.length, 0)
}

function cut<Result extends InstantResult | RangeResult>(result: Result, limit: number | null): Result {
  if (limit === null || limit === 0) return result
  const warnings = [...result.warnings, `The answer was cut to the limit of ${limit} series.`]
  if (result.kind === 'vector' && result.samples.length > limit)
    return { ...result, samples: result.samples.slice(0, limit), warnings }
  if (result.kind === 'matrix' && result.series.length > limit)
    return { ...result, series: result.series.slice(0, limit), warnings }
  return result
}

function failure(error: unknown): EvaluationAnswer {
  if (error instanceof PromqlError) {
    const { message, line, column, found, expected, sentence } = error
    return { outcome: 'query', message, line, column, found, expected, sentence }
  }
  if (error instanceof QueryBoundError) return { outcome: 'bound', bound: error.bound, message: error.message }
  return { outcome: 'failed', message: error instanceof Error ? error.message : String(error) }
}
