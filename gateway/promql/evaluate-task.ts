import type { InstantResult, RangeResult, SeriesSource } from '../../query/promql/index.js'
import { evaluateInstant, evaluateRange, PromqlError } from '../../query/promql/index.js'
import { exceeded, QueryBoundError } from '../../schema/domain/query-bounds.js'
import { resultJson } from '../prometheus/result-json.js'
import { unpackSeries } from './packed-series.js'
import { selectionKey } from './selection-key.js'
import type { Evaluated, EvaluationAnswer, EvaluationTask } from './task.js'

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
  const source = sourceOf(task)
  const whole =
    times.step === 0
      ? await evaluateInstant(promql, { source, at: times.start })
      : await evaluateRange(promql, { source, ...times })
  if (pointsOf(whole) > task.points) throw exceeded('points', task.points)
  const result = cut(whole, task.limit)
  if (task.form === 'columns') return { form: 'columns', result }
  const data = new TextEncoder().encode(resultJson(result))
  return { form: 'json', data, warnings: result.warnings, infos: result.infos }
}

function sourceOf({ selections }: EvaluationTask): SeriesSource {
  const answers = new Map(selections.map(({ key, series }) => [key, series]))
  return {
    async select(matchers, range) {
      const packed = answers.get(selectionKey(matchers, range))
      if (packed === undefined) throw new Error('A selector was evaluated that was not planned.')
      return unpackSeries(packed)
    },
  }
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
