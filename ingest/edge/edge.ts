import type { IncomingMessage } from 'node:http'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { StartError } from '../../schema/domain/errors.js'
import type { Signal } from '../../schema/domain/signal.js'
import type { RateLimiter } from '../../schema/ports/limits.js'
import { addressKey } from './address-key.js'
import { sendAccepted, sendRefusal } from './answers.js'
import { answerClientError } from './client-error.js'
import { drain } from './drain.js'
import { EdgeMetrics } from './edge-metrics.js'
import { FixedWindows } from './fixed-windows.js'
import { GUARDS } from './guards.js'
import { HeldBytes } from './held-bytes.js'
import { DEFAULT_EDGE_LIMITS, type EdgeLimits } from './limits.js'
import { type EdgeTools, NO_BYTES, type Passage } from './passage.js'
import { servePreflight } from './preflight.js'
import { likelyForm, SERVED, type WireForm } from './protocol.js'
import { createQueueGauge } from './queue-gauge.js'
import { type BodyReader, createBodyReader } from './reading/reader.js'
import { Refusal } from './refusals.js'
import { createSureLimiter } from './sure-limiter.js'

/** The HTTP edge of ingest. */
export interface IngestEdge {
  readonly app: FastifyInstance
  /**
   * Begins to listen; returns the URL, with the port that was taken where 0 was asked for.
   *
   * @throws StartError PORT_IN_USE.
   */
  listen(): Promise<string>
  /** What it counted, in Prometheus's text format. */
  metrics(): string
  /** Takes no new requests, ends those that are under way, then lets the port go. */
  close(): Promise<void>
}

export interface IngestEdgeOptions extends Pick<EdgeTools, 'intake' | 'credentials' | 'clock' | 'random' | 'log'> {
  readonly limiter: RateLimiter
  /** Closed with the edge. Left out, everything is read in the calling thread. */
  readonly reader?: BodyReader
  readonly host: string
  /** 0 picks a free one. */
  readonly port: number
  readonly limits?: Partial<EdgeLimits>
  /** Proxies (addresses or ranges) whose X-Forwarded-For is believed; none where left out. */
  readonly trustedProxies?: readonly string[]
  /** More of Prometheus's text for `/metrics`. */
  readonly moreMetrics?: () => Promise<string> | string
}

const NO_HEADERS = {
  orgKey: null,
  timestamp: null,
  idempotencyKey: null,
  signature: null,
  bearer: null,
  origin: null,
  contentEncoding: null,
}

/** Refusals that say nothing against the address: they are ours, or stand already in a count. */
const NOT_COUNTED = new Set([
  'ADDRESS_LIMITED',
  'ORG_LIMITED',
  'ORG_VOLUME_EXCEEDED',
  'BROWSER_LIMITED',
  'OVERLOADED',
  'UNAVAILABLE',
  'CLOSING',
  'INTERNAL',
])

/** The edge over its ports. Does not listen until `listen` is called. */
export function createIngestEdge(options: IngestEdgeOptions): IngestEdge {
  const { intake, credentials, limiter, clock, random, log, trustedProxies } = options
  const limits: EdgeLimits = { ...DEFAULT_EDGE_LIMITS, ...options.limits }
  const held = new HeldBytes(limits.heldBytes)
  const metrics = new EdgeMetrics()
  const addresses = new FixedWindows(limits.refusalsPerAddress, 60_000)
  const { requestsPerAddress } = limits
  const allOfAddress = requestsPerAddress === null ? null : new FixedWindows(requestsPerAddress, 60_000)
  const browserAddresses = new FixedWindows(limits.browserRequestsPerAddress, 60_000)
  const sureLimiter = createSureLimiter({ limiter, clock, log })
  const queueGauge = createQueueGauge({ intake, limits, clock, log })
  const counts = { addresses, allOfAddress, browserAddresses, sureLimiter, queueGauge }
  const reader = options.reader ?? createBodyReader({ workers: 0, file: '', log })
  const tools: EdgeTools = { intake, credentials, clock, random, log, limits, reader, ...counts }
  let closing = false

  const app = fastify({
    logger: false,
    trustProxy: trustedProxies === undefined ? false : [...trustedProxies],
    forceCloseConnections: 'idle',
    // Our own answer while closing has the form of all others.
    return503OnClosing: false,
    requestTimeout: limits.bodyTimeoutMs + 10_000,
    // Node looks for connections past their time only now and then; every 30 s would be too seldom for slow senders.
    http: {
      headersTimeout: limits.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(2_000, limits.headersTimeoutMs),
    },
    routerOptions: { maxParamLength: 100 },
    clientErrorHandler: answerClientError,
    frameworkErrors: (_error, request, reply) => {
      refuse(request, reply, new Refusal('REQUEST_MALFORMED', 'The path of the request cannot be read.'))
    },
  })
  // Bodies are read by a guard, under its caps, and not before those that come earlier.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, _payload, done) => done(null))

  const refuse = (request: FastifyRequest, reply: FastifyReply, error: unknown, known: WireForm | null = null) => {
    const refusal = error instanceof Refusal ? error : new Refusal('INTERNAL', 'The batch could not be taken in.')
    if (refusal !== error) log.error({ error: error instanceof Error ? error.stack : String(error) }, 'ingest failed')
    metrics.refuse(refusal.code)
    if (!NOT_COUNTED.has(refusal.code)) addresses.take(addressKey(request.ip), clock.now())
    log.debug({ code: refusal.code, path: request.routeOptions.url }, 'refused')
    if (refusal.retryAfterSeconds !== null) reply.header('retry-after', refusal.retryAfterSeconds)
    if (refusal.code === 'METHOD_NOT_ALLOWED') reply.header('allow', 'POST')
    drain(request.raw)
    const path = request.routeOptions.url ?? ''
    const form = known ?? likelyForm(path, request.headers['content-type'])
    return sendRefusal(reply, form, refusal, path.startsWith('/v1/') && path !== '/v1/rum' && isBearer(request))
  }

  // A connection kept alive by the answer it waited for would hold the close up until it has been idle long enough.
  app.addHook('onSend', async (_request, reply) => {
    if (closing) reply.header('connection', 'close')
  })
  servePreflight(app, tools)
  app.setErrorHandler((error, request, reply) => refuse(request, reply, error))
  app.setNotFoundHandler((request, reply) => {
    const known = Object.keys(SERVED).join(', ')
    refuse(request, reply, new Refusal('NOT_FOUND', `Nothing answers at this path; expected ${known}.`))
  })
  for (const [path, signal] of Object.entries(SERVED))
    app.all(path, async (request, reply) => {
      const share = held.share()
      const begun = performance.now()
      metrics.inFlight++
      try {
        if (closing)
          throw new Refusal('CLOSING', 'This process is stopping; send the batch again.', { retryAfterMs: 1_000 })
        const passage = newPassage(request.raw, signal, path, addressKey(request.ip), share)
        try {
          for (const guard of GUARDS) await guard(passage, tools)
        } catch (error) {
          reply.headers(passage.answerHeaders)
          return refuse(request, reply, error, passage.form)
        }
        reply.headers(passage.answerHeaders)
        metrics.accept(passage, (performance.now() - begun) / 1000)
        return sendAccepted(reply, passage.form ?? 'json', passage.answer ?? noAnswer(), passage.rejected)
      } finally {
        metrics.inFlight--
        share.release()
      }
    })
  app.get('/healthz', async () => ({ status: 'ok' }))
  app.get('/readyz', async (_request, reply) => {
    const fault = closing ? 'it is stopping' : await intakeFault(options)
    return fault === null ? { status: 'ready' } : reply.code(503).send({ status: 'not ready', reason: fault })
  })
  const metricsText = () => metrics.text({ heldBytes: held.held, queueFull: queueGauge.full() !== null })
  app.get('/metrics', async (_request, reply) =>
    reply
      .type('text/plain; version=0.0.4; charset=utf-8')
      .send(metricsText() + ((await options.moreMetrics?.()) ?? '')),
  )

  return {
    app,
    async listen() {
      await queueGauge.read()
      try {
        return await app.listen({ host: options.host, port: options.port })
      } catch (error) {
        if (!(error instanceof Error) || !('code' in error) || error.code !== 'EADDRINUSE') throw error
        throw new StartError(
          'PORT_IN_USE',
          `Port ${options.port} of ${options.host} is in use; set TOCSIN_INGEST_PORT to another, or to 0 for a free one.`,
        )
      }
    },
    metrics: metricsText,
    async close() {
      closing = true
      await app.close()
      await reader.close()
    },
  }
}

function newPassage(
  request: IncomingMessage,
  signal: Signal,
  path: string,
  address: string,
  held: Passage['held'],
): Passage {
  return {
    request,
    signal,
    path,
    address,
    held,
    headers: NO_HEADERS,
    form: null,
    answerHeaders: {},
    claimed: null,
    body: NO_BYTES,
    bodyHash: null,
    plain: NO_BYTES,
    packed: null,
    items: 0,
    rejected: null,
    sentAt: null,
    answer: null,
  }
}

/** Clients that hold a bearer secret may speak OTLP, which their JSON alone does not tell before it is read. */
function isBearer({ headers }: FastifyRequest): boolean {
  return headers.authorization !== undefined
}

function noAnswer(): never {
  throw new Error('The last guard left no answer.')
}

/** Why the intake cannot take batches; null when it can. */
async function intakeFault({ intake, log }: IngestEdgeOptions): Promise<string | null> {
  try {
    await intake.depth()
    return null
  } catch (error) {
    log.warn({ error: error instanceof Error ? error.message : String(error) }, 'the intake does not answer')
    return 'the intake does not answer'
  }
}
