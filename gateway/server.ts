import type { AddressInfo } from 'node:net'
import { fastifyApolloHandler } from '@as-integrations/fastify'
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify'
import type { OrgStandards } from '../schema/domain/org-limits.js'
import { QUERY_BOUNDS } from '../schema/domain/query-bounds.js'
import type { Clock, Log, Random } from '../schema/ports/clock.js'
import type { ControlPlane } from '../schema/ports/control-plane.js'
import type { FlushManifests } from '../schema/ports/flushes.js'
import type { FanOut, RateLimiter } from '../schema/ports/limits.js'
import type { OrgQueryBounds } from '../schema/ports/query-bounds.js'
import type { RumReader } from '../schema/ports/rum.js'
import type { LogSeriesReader, SeriesCatalog } from '../schema/ports/series.js'
import type { LogReader, LogTailReader, MetricReader } from '../schema/ports/telemetry.js'
import type { TraceReader } from '../schema/ports/traces.js'
import { createAccessTokens } from './auth/access-token.js'
import { createAuthenticate } from './auth/authenticate.js'
import { createPasswordCheck } from './auth/password.js'
import { createSessions } from './auth/sessions.js'
import { createContext, type ScrubberOf, type Services, type TestChannel } from './context.js'
import { serveExport } from './export/export-logs.js'
import { createApollo, type Introspection } from './graphql/apollo.js'
import { buildGatewaySchema } from './graphql/schema.js'
import { callerGone } from './http/caller-gone.js'
import { type ReadyCheck, serveHealth } from './http/health.js'
import { createMetrics } from './http/metrics.js'
import { answerRefusals, refuse } from './http/refusals.js'
import { requestFault } from './limits/refuse-document.js'
import { createTailHub } from './log-tail/hub.js'
import { PROMETHEUS_PREFIX, servePrometheus } from './prometheus/api.js'
import type { AnswerMemory } from './promql/cache/answer-memory.js'
import { cacheMetrics } from './promql/cache/cache-metrics.js'
import type { EvaluationPool } from './promql/pool.js'
import { createPromqlQueries } from './promql/queries.js'
import type { RollupAnswers } from './promql/rollups.js'
import { createQueryTurns } from './query-turns.js'
import { SUBSCRIPTION_BOUNDS } from './subscriptions/bounds.js'
import { answerWithEvents, wantsEvents } from './subscriptions/event-stream.js'
import { createSubscriptions } from './subscriptions/subscriptions.js'
import { serveWebSockets } from './subscriptions/web-socket.js'
import { createTraceShelf } from './traces/trace-shelf.js'

/** What the gateway needs of the world. Whoever makes it owns these and closes them after it. */
export interface GatewayDeps {
  readonly listen: { readonly host: string; readonly port: number }
  /**
   * Addresses or ranges of proxies whose `x-forwarded-for` is believed; left out, none. Attempts to sign in are counted
   * by the caller's address, so behind a proxy that is not named here all callers count as one.
   */
  readonly trustedProxies?: readonly string[]
  /** 32 bytes; access tokens are signed with a key derived from it. */
  readonly masterKey: Uint8Array
  /** Who may read the schema. */
  readonly introspection: Introspection
  readonly stores: ControlPlane
  readonly logs: { forOrg(orgId: string): LogReader }
  readonly logTail: { forOrg(orgId: string): LogTailReader }
  /** What tells which flushes are stored. */
  readonly flushes: Pick<FlushManifests, 'snapshot' | 'dirtySlices'>
  readonly logSeries: { forOrg(orgId: string): LogSeriesReader }
  readonly rum: { forOrg(orgId: string): RumReader }
  readonly traces: { forOrg(orgId: string): TraceReader }
  readonly metrics: { forOrg(orgId: string): MetricReader }
  readonly series: { forOrg(orgId: string): SeriesCatalog }
  /** Where PromQL is evaluated. */
  readonly evaluation: EvaluationPool
  /** Answers long ranges; left out, samples alone do. */
  readonly rollups?: RollupAnswers
  /** Remembers answers to range queries; left out, each is evaluated anew. */
  readonly answers?: AnswerMemory
  /** What one query of an org may use; left out, `QUERY_BOUNDS`. */
  readonly queryBounds?: OrgQueryBounds
  readonly limiter: RateLimiter
  readonly fanOut: FanOut
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
  readonly testChannel: TestChannel
  readonly standards: OrgStandards
  readonly scrubberOf: ScrubberOf
  /** Why a URL may never be called by a channel, as a sentence; left out, the sender alone decides. */
  readonly urlFault?: (url: string) => string | null
  /** How often who subscribes is looked at again, ms; left out, every 15 s. */
  readonly recheckMs?: number
  /** By the name that `/readyz` shows. */
  readonly ready: Readonly<Record<string, ReadyCheck>>
  /** More of Prometheus's text for `/metrics`. */
  readonly moreMetrics?: () => Promise<string> | string
}

export interface Gateway {
  readonly app: FastifyInstance
  /** Begins to serve; resolves with the URL of the server, without a path. */
  listen(): Promise<string>
  /** Takes no more requests, lets those in flight end (10 s at most), and closes. */
  close(): Promise<void>
}

const BODY_LIMIT = 1_048_576
/** How long requests in flight may take to end after `close`, ms. */
const CLOSE_MS = 10_000

const METRICS = {
  tocsin_gateway_requests_total: 'HTTP requests answered, by method and status.',
  tocsin_gateway_request_seconds: 'Time to answer an HTTP request.',
  tocsin_gateway_operations_total: 'Root fields asked for, by kind of operation and field.',
}

/** The gateway: `/graphql`, Prometheus's API, `/healthz`, `/readyz` and `/metrics`. */
export async function createGateway(deps: GatewayDeps): Promise<Gateway> {
  const { clock, log, random } = deps
  const accessTokens = createAccessTokens(deps.masterKey)
  const authenticate = createAuthenticate(deps.stores.identity, accessTokens)
  const passwords = await createPasswordCheck((length) => random.bytes(length))
  const queryTurns = createQueryTurns(deps.queryBounds ?? { of: async () => QUERY_BOUNDS })
  const promql = createPromqlQueries({
    pool: deps.evaluation,
    metrics: deps.metrics,
    turns: queryTurns,
    memory: deps.answers ?? null,
    rollups: deps.rollups ?? null,
  })
  const tails = createTailHub({ flushes: deps.flushes, logTail: deps.logTail, queryTurns, log })
  const services: Services = {
    controlPlane: deps.stores,
    logs: deps.logs,
    logSeries: deps.logSeries,
    rum: deps.rum,
    traces: deps.traces,
    traceShelf: createTraceShelf(),
    series: deps.series,
    promql,
    queryTurns,
    sessions: createSessions({ ...deps, identity: deps.stores.identity, accessTokens, passwords }),
    tails,
    fanOut: deps.fanOut,
    clock,
    random,
    log,
    testChannel: deps.testChannel,
    standards: deps.standards,
    scrubberOf: deps.scrubberOf,
    urlFault: deps.urlFault ?? (() => null),
  }
  const metrics = createMetrics(METRICS)
  const schema = buildGatewaySchema()
  const count = (operation: string, field: string) =>
    metrics.count('tocsin_gateway_operations_total', { operation, field })
  const apollo = createApollo({ schema, log, introspection: deps.introspection, count })
  await apollo.start()
  const subscriptions = createSubscriptions({
    ...{ schema, services, authenticate, log, count },
    recheckMs: deps.recheckMs ?? SUBSCRIPTION_BOUNDS.recheckMs,
  })

  const app = fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: 30_000,
    forceCloseConnections: 'idle',
    // Names of labels stand in paths, however long they are; Node bounds the head of a request at this.
    routerOptions: { maxParamLength: 16_384 },
    // An address that is none belongs to no route, so no handler of ours would hear of it.
    frameworkErrors: (error, _request, reply) => {
      refuse(reply, error.statusCode ?? 400, 'BAD_REQUEST', `The address cannot be read: ${error.message}.`)
    },
    trustProxy: deps.trustedProxies === undefined ? false : [...deps.trustedProxies],
  })
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'))
  answerRefusals(app, log)
  const webSockets = serveWebSockets({
    server: app.server,
    path: '/graphql',
    subscriptions,
    log,
    async credentialsFault(authorization) {
      const found = await authenticate(authorization, clock.now())
      return found.caller === null ? found.why : null
    },
  })
  let closing = false
  app.addHook('preClose', async () => {
    closing = true
    await subscriptions.close()
    await webSockets.close()
    await tails.close()
  })
  app.addHook('onSend', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
    // A connection kept alive after its last answer would hold the close up until it times out.
    if (closing) reply.header('connection', 'close')
  })
  app.addHook('onResponse', async (request, reply) => {
    const labels = { method: request.method, status: String(reply.statusCode) }
    metrics.count('tocsin_gateway_requests_total', labels)
    // A tail or an export lasts for as long as its reader likes, which says nothing of how fast answers are.
    if (isStream(reply)) return
    metrics.observe('tocsin_gateway_request_seconds', {}, reply.elapsedTime / 1000)
  })
  serveHealth(app, deps.ready)
  app.get('/metrics', async (_request, reply) => {
    const more = (await deps.moreMetrics?.()) ?? ''
    return reply
      .header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
      .send(metrics.text() + cacheMetrics(deps.answers) + more)
  })
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    preHandler: async (request, reply) => {
      const fault = requestFault(...queryOf(request))
      if (fault !== null) return refuse(reply, 400, fault.code, fault.message)
      if (wantsEvents(request)) return answerWithEvents(request, reply, subscriptions)
    },
    handler: fastifyApolloHandler(apollo, {
      context: async (request, reply) => {
        const authentication = await authenticate(request.headers.authorization, clock.now())
        const origin = { ip: request.ip, userAgent: request.headers['user-agent'] ?? null }
        return createContext(services, authentication, origin, callerGone(reply))
      },
    }),
  })
  app.route({
    method: ['PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    url: '/graphql',
    handler: (request, reply: FastifyReply) =>
      refuse(reply.header('allow', 'GET, POST'), 405, 'METHOD_NOT_ALLOWED', `Found ${request.method}; expected POST.`),
  })
  serveExport(app, { authenticate, logs: deps.logs, queryTurns, clock, log })
  const prometheus = {
    ...{ authenticate, promql, queryTurns, series: deps.series },
    ...{ controlPlane: deps.stores, clock, log },
  }
  await app.register((scope) => servePrometheus(scope, prometheus), { prefix: PROMETHEUS_PREFIX })
  await app.ready()

  return {
    app,
    async listen() {
      await app.listen(deps.listen)
      const { port } = app.server.address() as AddressInfo
      const host = deps.listen.host.includes(':') ? `[${deps.listen.host}]` : deps.listen.host
      return `http://${host}:${port}`
    },
    async close() {
      const late = setTimeout(() => app.server.closeAllConnections(), CLOSE_MS)
      await app.close().finally(() => clearTimeout(late))
      await apollo.stop()
    },
  }
}

const isStream = (reply: FastifyReply) => reply.raw.getHeader('x-accel-buffering') === 'no'

/** The query's text and its variables, from the body or from the address (there, JSON that is not read yet). */
function queryOf(request: FastifyRequest): [query: unknown, variables: unknown] {
  const holder = request.method === 'GET' ? request.query : request.body
  if (typeof holder !== 'object' || holder === null) return [null, null]
  const { query, variables } = holder as { query?: unknown; variables?: unknown }
  if (request.method !== 'GET' || typeof variables !== 'string') return [query, variables]
  try {
    return [query, JSON.parse(variables)]
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // Apollo says what is wrong with it.
    return [query, null]
  }
}
