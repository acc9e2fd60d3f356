import type { FastifyReply } from 'fastify'
import type { SeriesCatalog, SeriesQuery } from '../../schema/ports/series.js'
import type { QueryLimits } from '../query-turns.js'
import { badParameter, sendJson, sendList } from './answers.js'
import { readCount, readSelectors, readSeriesRange } from './parameters.js'
import { labelsJson } from './result-json.js'

/** Items of one list; a list that is longer is cut and says so. */
const MAX_ITEMS = 50_000

export interface CatalogDeps {
  readonly catalog: SeriesCatalog
  /** Runs a question within the bounds of the caller's org. */
  readonly run: <Result>(query: (limits: QueryLimits) => Promise<Result>) => Promise<Result>
}

function questionOf(parameters: URLSearchParams): SeriesQuery {
  const limit = readCount(parameters, 'limit') || MAX_ITEMS
  return {
    anyOf: readSelectors(parameters),
    range: readSeriesRange(parameters),
    limit: Math.min(limit, MAX_ITEMS),
  }
}

/** `series`: label sets that meet a selector of `match[]`. */
export async function answerSeries({ catalog, run }: CatalogDeps, parameters: URLSearchParams, reply: FastifyReply) {
  const question = questionOf(parameters)
  if (question.anyOf.length === 0) throw badParameter('match[]', 'it is not given; expected one selector at least')
  const { items, truncated } = await run((limits) => catalog.series({ ...question, ...limits }))
  return sendJson(
    reply,
    `[${items.map(labelsJson).join(',')}]`,
    truncated ? { warnings: ['The answer was cut to the limit.'] } : {},
  )
}

/** `labels`: names of labels. */
export async function answerLabels({ catalog, run }: CatalogDeps, parameters: URLSearchParams, reply: FastifyReply) {
  const question = questionOf(parameters)
  const { items, truncated } = await run((limits) => catalog.labelNames({ ...question, ...limits }))
  return sendList(reply, items, truncated)
}

/** `label/<name>/values`. */
export async function answerLabelValues(
  { catalog, run }: CatalogDeps,
  label: string,
  parameters: URLSearchParams,
  reply: FastifyReply,
) {
  if (label.includes('\0')) throw badParameter('name', 'found the character U+0000; expected the name of a label')
  const question = questionOf(parameters)
  const { items, truncated } = await run((limits) => catalog.labelValues(label, { ...question, ...limits }))
  return sendList(reply, items, truncated)
}

/** `metadata`: the type of each metric. Help and units are not kept, and are empty. */
export async function answerMetadata({ catalog, run }: CatalogDeps, parameters: URLSearchParams, reply: FastifyReply) {
  // Below zero there is no limit, as in Prometheus.
  const unlimited = /^-\d+$/.test(parameters.get('limit') ?? '')
  const limit = Math.min((unlimited ? null : readCount(parameters, 'limit')) || MAX_ITEMS, MAX_ITEMS)
  const name = parameters.get('metric') || null
  const metrics = await run((limits) => catalog.metrics({ name, limit, ...limits }))
  return sendJson(
    reply,
    JSON.stringify(Object.fromEntries(metrics.map(({ name, type }) => [name, [{ type, help: '', unit: '' }]]))),
  )
}
