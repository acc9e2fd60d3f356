import type { FastifyReply } from 'fastify'
import { parsePromql } from '../../query/promql/index.js'
import { MAX_STEPS } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import type { PromqlAsk, PromqlQueries } from '../promql/queries.js'
import { badParameter, sendJson } from './answers.js'
import { readCount, readDuration, readTime, requireTime } from './parameters.js'

/** Staleness is part of how samples are read here; another look-back than Prometheus's default is not offered. */
const LOOK_BACK_MS = 300_000

export interface QueryDeps {
  readonly promql: PromqlQueries
  /** Unix ms. */
  readonly now: number
  readonly orgId: string
  readonly signal: AbortSignal
}

/** `query`: an expression at one instant. */
export async function answerInstant(deps: QueryDeps, parameters: URLSearchParams, reply: FastifyReply) {
  const at = readTime(parameters, 'time') ?? deps.now
  return answer(deps, parameters, { start: at, end: at, step: 0 }, reply)
}

/** `query_range`: an expression at `start`, `start + step` … up to `end`. */
export async function answerRange(deps: QueryDeps, parameters: URLSearchParams, reply: FastifyReply) {
  const start = requireTime(parameters, 'start')
  const end = requireTime(parameters, 'end')
  if (end < start) throw badParameter('end', 'it is before the start; expected the same time or a later one')
  const step = readDuration(parameters, 'step')
  if (step === null) throw badParameter('step', 'it is not given; expected seconds or a duration such as 15s')
  if (step <= 0) throw badParameter('step', 'it is zero or below; expected a duration such as 15s')
  if ((end - start) / step > MAX_STEPS)
    throw badParameter(
      'step',
      `it gives more than ${MAX_STEPS} points a series; expected a longer step or a shorter range`,
    )
  return answer(deps, parameters, { start, end, step }, reply)
}

/** `query_exemplars`: none, since none are kept; Grafana asks for them beside a query that shows them. */
export function answerExemplars(parameters: URLSearchParams, reply: FastifyReply) {
  try {
    parsePromql(parameters.get('query') ?? '')
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    throw badParameter('query', error.message)
  }
  const [start, end] = [readTime(parameters, 'start'), readTime(parameters, 'end')]
  if (start !== null && end !== null && end < start) throw badParameter('end', 'it is before the start')
  return sendJson(reply, '[]')
}

async function answer(
  { promql, orgId, signal }: QueryDeps,
  parameters: URLSearchParams,
  times: PromqlAsk['times'],
  reply: FastifyReply,
) {
  const lookBack = readDuration(parameters, 'lookback_delta')
  if (lookBack !== null && lookBack !== LOOK_BACK_MS)
    throw badParameter('lookback_delta', 'found another than 5m; expected 5m, or none')
  const timeoutMs = readDuration(parameters, 'timeout')
  if (timeoutMs !== null && timeoutMs <= 0) throw badParameter('timeout', 'it is zero or below')
  const evaluated = await promql.ask(orgId, {
    promql: parameters.get('query') ?? '',
    times,
    form: 'json',
    limit: readCount(parameters, 'limit'),
    signal,
    timeoutMs,
  })
  if (evaluated.form !== 'json') throw new TypeError('Text was asked for, and columns came.')
  return sendJson(reply, evaluated.data, evaluated)
}
