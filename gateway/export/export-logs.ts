import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { QueryBoundError, QueryCancelledError } from '../../schema/domain/query-bounds.js'
import type { Clock, Log } from '../../schema/ports/clock.js'
import { type LogPage, type LogReader, StoreError } from '../../schema/ports/telemetry.js'
import type { Authenticate } from '../auth/authenticate.js'
import { callerGone } from '../http/caller-gone.js'
import { refuse } from '../http/refusals.js'
import { asUserFaults } from '../query-faults.js'
import type { QueryTurns } from '../query-turns.js'
import { forbiddenMessage, UserFault } from '../user-fault.js'
import { EXPORT_BOUNDS } from './bounds.js'
import { logPages } from './log-pages.js'
import { type Asked, readParameters } from './parameters.js'
import { type Cut, RECORDS_TRAILER, writeExport } from './write-export.js'

export interface ExportDeps {
  readonly authenticate: Authenticate
  readonly logs: { forOrg(orgId: string): LogReader }
  readonly queryTurns: QueryTurns
  readonly clock: Clock
  readonly log: Log
}

const RETRY_SECONDS = 10

/** `GET /export/logs`: all records that meet a query, as JSON Lines or CSV, written while they are read. */
export function serveExport(app: FastifyInstance, deps: ExportDeps): void {
  const { authenticate, logs, queryTurns, clock, log } = deps
  const running = new Map<string, number>()
  const closing = new AbortController()
  app.addHook('preClose', async () => closing.abort())

  app.get('/export/logs', { exposeHeadRoute: false }, async (request, reply) => {
    const gone = callerGone(reply)
    const { caller, ...rest } = await authenticate(request.headers.authorization, clock.now())
    if (caller === null) {
      const why = 'why' in rest ? rest.why : 'The session has ended; sign in again.'
      return refuse(reply.header('www-authenticate', 'Bearer'), 401, 'UNAUTHENTICATED', why)
    }
    if (!caller.permissions.includes('logs:read')) return refuse(reply, 403, 'FORBIDDEN', forbiddenMessage('logs:read'))
    const { id: orgId, slug } = caller.org
    const atWork = running.get(orgId) ?? 0
    if (atWork >= EXPORT_BOUNDS.anOrg) {
      const message = `Found ${atWork} exports of this organisation at work, which is the most at once; try again later.`
      return refuse(reply.header('retry-after', RETRY_SECONDS), 429, 'LIMIT_EXCEEDED', message)
    }
    running.set(orgId, atWork + 1)
    const signal = AbortSignal.any([gone, closing.signal])
    try {
      const asked = readParameters(request.query as Record<string, unknown>, clock.now())
      const search: LogReader['search'] = (query) =>
        asUserFaults('query', () =>
          queryTurns.run({ orgId, signal }, (limits) => logs.forOrg(orgId).search({ ...query, ...limits })),
        )
      const pages = logPages(search, asked)
      // What is wrong with the query shows at its first page, while an answer can still say so with its status.
      const first = await pages.next()
      const gzip = beginAnswer(request, reply, asked, slug)
      await writeExport(reply.raw, resumed(first, pages), {
        format: asked.format,
        gzip,
        gone,
        cutBy,
        trailer: hasTrailer(request.raw),
      })
      return reply
    } catch (error) {
      if (!(error instanceof UserFault)) throw error
      const [mistake] = error.errors
      return refuse(reply, 400, mistake?.code ?? 'INVALID', error.message)
    } finally {
      const left = (running.get(orgId) ?? 1) - 1
      if (left > 0) running.set(orgId, left)
      else running.delete(orgId)
    }
  })

  function cutBy(error: unknown): Cut {
    if (error instanceof UserFault) return { code: error.errors[0]?.code ?? 'INVALID', message: error.message }
    if (error instanceof QueryBoundError) return { code: 'TOO_BROAD', message: error.message }
    if (error instanceof QueryCancelledError)
      return { code: 'GOING_AWAY', message: 'This gateway stops; go on elsewhere, from `after`.' }
    log.error({ err: error }, 'An export failed after it had begun.')
    return error instanceof StoreError
      ? { code: 'UNAVAILABLE', message: 'A store is away or did not answer in time; go on later, from `after`.' }
      : { code: 'INTERNAL_SERVER_ERROR', message: 'Something went wrong on our side; it is logged.' }
  }
}

/** HTTP/1.0, which some proxies speak to what is behind them, has no trailers. */
function hasTrailer({ httpVersion }: IncomingMessage): boolean {
  return httpVersion !== '1.0'
}

/** Sends the head of an answer; tells whether it is compressed. */
function beginAnswer(request: FastifyRequest, reply: FastifyReply, { format, from, to }: Asked, slug: string): boolean {
  const gzip = /(?:^|,)\s*(?:gzip|\*)\s*(?:;\s*q=(?:0?\.\d*[1-9]\d*|1(?:\.0*)?)\s*)?(?:,|$)/i.test(
    request.headers['accept-encoding']?.toString() ?? '',
  )
  const time = (ms: number) => new Date(ms).toISOString().replaceAll(/[:.]/g, '')
  reply.hijack()
  reply.raw.writeHead(200, {
    'content-type': format.contentType,
    'content-disposition': `attachment; filename="logs_${slug}_${time(from)}_${time(to)}.${format.extension}"`,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Proxies of the kind of nginx hold answers back otherwise.
    'x-accel-buffering': 'no',
    vary: 'accept-encoding',
    ...(hasTrailer(request.raw) ? { trailer: RECORDS_TRAILER } : {}),
    ...(gzip ? { 'content-encoding': 'gzip' } : {}),
  })
  return gzip
}

async function* resumed(
  first: IteratorResult<LogPage['records']>,
  rest: AsyncGenerator<LogPage['records']>,
): AsyncGenerator<LogPage['records']> {
  if (first.done) return
  yield first.value
  yield* rest
}
