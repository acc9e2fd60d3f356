import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Permission } from '../../schema/domain/permission.js'
import type { Clock, Log } from '../../schema/ports/clock.js'
import type { ControlPlane } from '../../schema/ports/control-plane.js'
import type { SeriesCatalog } from '../../schema/ports/series.js'
import { StoreError } from '../../schema/ports/telemetry.js'
import type { Authenticate } from '../auth/authenticate.js'
import { callerGone } from '../http/caller-gone.js'
import type { PromqlQueries } from '../promql/queries.js'
import type { QueryLimits, QueryTurns } from '../query-turns.js'
import { ApiFault, faultOf, sendFault, sendJson } from './answers.js'
import { authorize } from './authenticate.js'
import { answerLabels, answerLabelValues, answerMetadata, answerSeries } from './catalog.js'
import { parametersOf } from './parameters.js'
import { answerExemplars, answerInstant, answerRange } from './query.js'
import { ruleGroups } from './rules.js'

/** Where the API is served; Prometheus's clients are given the part before `/api`. */
export const PROMETHEUS_PREFIX = '/prometheus/api/v1'

/** The version of Prometheus whose answers these are like: clients look here for what they may ask. */
const BUILD = {
  version: '3.0.0',
  revision: 'tocsin',
  branch: '',
  buildUser: '',
  buildDate: '',
  goVersion: '',
}

/** What the API asks of the gateway. */
export interface PrometheusDeps {
  readonly authenticate: Authenticate
  readonly promql: PromqlQueries
  readonly queryTurns: QueryTurns
  readonly series: { forOrg(orgId: string): SeriesCatalog }
  readonly controlPlane: ControlPlane
  readonly clock: Clock
  readonly log: Log
}

interface Asked {
  readonly orgId: string
  readonly parameters: URLSearchParams
  readonly request: FastifyRequest
  readonly reply: FastifyReply
}

/** Serves Prometheus's HTTP API over an org's metrics and monitors. */
export async function servePrometheus(app: FastifyInstance, deps: PrometheusDeps): Promise<void> {
  const { promql, queryTurns, series, controlPlane, clock, log } = deps
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    async (_request: FastifyRequest, body: string) => body,
  )
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    const known =
      status < 500 ? new ApiFault('bad_data', `The request cannot be read: ${error.message}.`) : faultOf(error)
    if (known === null || error instanceof StoreError)
      log.error({ err: error, path: request.url.split('?')[0] }, 'A request of the Prometheus API failed.')
    return sendFault(reply, known ?? new ApiFault('internal', 'Something went wrong on our side; it is logged.'))
  })
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0]?.slice(0, 200)
    return sendFault(reply, new ApiFault('not_found', `Nothing is at ${request.method} ${path}.`))
  })

  function serve(path: string, permission: Permission, answer: (asked: Asked) => Promise<FastifyReply>) {
    app.route({
      method: ['GET', 'POST'],
      url: path,
      handler: async (request, reply) => {
        const { org } = await authorize(deps.authenticate, request.headers.authorization, permission, clock.now())
        return answer({ orgId: org.id, parameters: parametersOf(request), request, reply })
      },
    })
  }
  const queryDeps = ({ orgId, reply }: Asked) => ({ promql, orgId, now: clock.now(), signal: callerGone(reply) })

  serve('/query', 'metrics:read', (asked) => answerInstant(queryDeps(asked), asked.parameters, asked.reply))
  serve('/query_range', 'metrics:read', (asked) => answerRange(queryDeps(asked), asked.parameters, asked.reply))
  const catalogDeps = ({ orgId, reply }: Asked) => ({
    catalog: series.forOrg(orgId),
    run: <Result>(query: (limits: QueryLimits) => Promise<Result>) =>
      queryTurns.run({ orgId, signal: callerGone(reply) }, query),
  })
  serve('/series', 'metrics:read', (asked) => answerSeries(catalogDeps(asked), asked.parameters, asked.reply))
  serve('/labels', 'metrics:read', (asked) => answerLabels(catalogDeps(asked), asked.parameters, asked.reply))
  serve('/label/:name/values', 'metrics:read', (asked) =>
    answerLabelValues(
      catalogDeps(asked),
      (asked.request.params as { name: string }).name,
      asked.parameters,
      asked.reply,
    ),
  )
  serve('/metadata', 'metrics:read', (asked) => answerMetadata(catalogDeps(asked), asked.parameters, asked.reply))
  serve('/query_exemplars', 'metrics:read', async ({ parameters, reply }) => answerExemplars(parameters, reply))
  serve('/rules', 'monitor:read', async ({ orgId, parameters, reply }) => {
    const type = parameters.get('type')
    if (type !== null && type !== 'alert' && type !== 'record')
      throw new ApiFault(
        'bad_data',
        `invalid parameter "type": found ${JSON.stringify(type)}; expected alert or record`,
      )
    const names = parameters.getAll('rule_name[]')
    const all = type === 'record' ? [] : await ruleGroups(controlPlane.forOrg(orgId).monitors)
    const groups = all
      .map((group) => ({
        ...group,
        rules: group.rules.filter(({ name }) => names.length === 0 || names.includes(name)),
      }))
      .filter(({ rules }) => rules.length > 0)
    return sendJson(reply, JSON.stringify({ groups }))
  })
  serve('/alerts', 'monitor:read', async ({ orgId, reply }) => {
    const groups = await ruleGroups(controlPlane.forOrg(orgId).monitors)
    const alerts = groups.flatMap(({ rules }) => rules.flatMap((rule) => rule.alerts))
    return sendJson(reply, JSON.stringify({ alerts }))
  })
  serve('/status/buildinfo', 'metrics:read', async ({ reply }) => sendJson(reply, JSON.stringify(BUILD)))
}
