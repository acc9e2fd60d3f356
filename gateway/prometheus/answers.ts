import type { FastifyReply } from 'fastify'
import { PromqlError } from '../../query/promql/index.js'
import { QueryBoundError, QueryCancelledError } from '../../schema/domain/query-bounds.js'
import { QueryError } from '../../schema/domain/query-error.js'
import { StoreError } from '../../schema/ports/telemetry.js'

/** Prometheus's own words for what went wrong, two of ours for who asks, and the HTTP status of each. */
const STATUS = {
  bad_data: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  execution: 422,
  internal: 500,
  timeout: 503,
  canceled: 503,
  unavailable: 503,
} as const
export type ErrorType = keyof typeof STATUS

/** An answer of Prometheus's API that says why there is none. */
export class ApiFault extends Error {
  constructor(
    readonly errorType: ErrorType,
    message: string,
  ) {
    super(message)
  }
}

/** What a parameter holds instead of what was expected. */
export function badParameter(name: string, sentence: string): ApiFault {
  return new ApiFault('bad_data', `invalid parameter "${name}": ${sentence}`)
}

/** An error as a fault; null for one that is ours. */
export function faultOf(error: unknown): ApiFault | null {
  if (error instanceof ApiFault) return error
  if (error instanceof PromqlError) return new ApiFault('execution', error.message)
  if (error instanceof QueryError) return badParameter('query', error.message)
  if (error instanceof QueryCancelledError) return new ApiFault('canceled', error.message)
  if (error instanceof QueryBoundError) return new ApiFault(BOUNDS[error.bound] ?? 'execution', error.message)
  if (error instanceof StoreError && error.kind === 'query') return new ApiFault('execution', error.message)
  if (error instanceof StoreError)
    return new ApiFault('unavailable', 'A store is away or did not answer in time; the same may succeed later.')
  return null
}

const BOUNDS: Readonly<Partial<Record<QueryBoundError['bound'], ErrorType>>> = {
  time: 'timeout',
  steps: 'bad_data',
  queries: 'unavailable',
}

export function sendFault(reply: FastifyReply, { errorType, message }: ApiFault): FastifyReply {
  if (errorType === 'unavailable') reply.header('retry-after', '1')
  if (errorType === 'unauthorized') reply.header('www-authenticate', 'Basic realm="Tocsin", Bearer')
  return reply.code(STATUS[errorType]).send({ status: 'error', errorType, error: message })
}

/** What goes beside the data. */
export interface Notes {
  readonly warnings?: readonly string[]
  readonly infos?: readonly string[]
}

/** Answers with data that is JSON's text already. */
export function sendJson(
  reply: FastifyReply,
  data: Uint8Array | string,
  { warnings, infos }: Notes = {},
): FastifyReply {
  const lists = [
    ['warnings', warnings],
    ['infos', infos],
  ] as const
  const notes = lists.map(([name, list]) => (list?.length ? `,"${name}":${JSON.stringify(list)}` : '')).join('')
  const parts = [Buffer.from('{"status":"success","data":'), Buffer.from(data), Buffer.from(`${notes}}`)]
  return reply.header('content-type', 'application/json; charset=utf-8').send(Buffer.concat(parts))
}

/** Answers with a list that may have been cut. */
export function sendList(reply: FastifyReply, items: readonly unknown[], truncated: boolean): FastifyReply {
  return sendJson(reply, JSON.stringify(items), truncated ? { warnings: ['The answer was cut to the limit.'] } : {})
}
