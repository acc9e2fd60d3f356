import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Log } from '../../schema/ports/clock.js'

/** Answers every refusal and failure in GraphQL's form of JSON, never with a page or a stack trace. */
export function answerRefusals(app: FastifyInstance, log: Log): void {
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const status = error.statusCode ?? 500
    if (status < 500) return refuse(reply, status, CODES[error.code] ?? 'BAD_REQUEST', sentence(error))
    log.error({ err: error, path: request.url.split('?')[0] }, 'A request failed.')
    return refuse(reply, status, 'INTERNAL_SERVER_ERROR', 'Something went wrong on our side; it is logged.')
  })
  app.setNotFoundHandler((request, reply) => {
    const message = `Nothing is at ${request.method} ${request.url.split('?')[0]?.slice(0, 200)}; GraphQL is at POST /graphql.`
    return refuse(reply, 404, 'NOT_FOUND', message)
  })
}

/** An answer with one error, in the media type that the client prefers. */
export function refuse(reply: FastifyReply, status: number, code: string, message: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', `${mediaType(reply.request)}; charset=utf-8`)
    .send(JSON.stringify({ errors: [{ message, extensions: { code } }] }))
}

function mediaType(request: FastifyRequest): string {
  const graphql = 'application/graphql-response+json'
  return (request.headers.accept ?? '').includes(graphql) ? graphql : 'application/json'
}

const CODES: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'UNSUPPORTED_MEDIA_TYPE',
}

function sentence(error: FastifyError): string {
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return 'The body is over 1 MiB, which is the most that is taken.'
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return 'The body is of another media type; expected content-type: application/json.'
    default:
      return `The request cannot be read: ${error.message}.`
  }
}
