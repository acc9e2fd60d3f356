import { once } from 'node:events'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { callerGone } from '../http/caller-gone.js'
import { SUBSCRIPTION_BOUNDS } from './bounds.js'
import type { SubscriptionRequest, Subscriptions } from './subscriptions.js'

/** Whether a request to `/graphql` asks for a stream of events. */
export function wantsEvents(request: FastifyRequest): boolean {
  return /(?:^|[\s,])text\/event-stream(?:[\s,;]|$)/i.test(request.headers.accept ?? '')
}

/**
 * Answers a subscription with server-sent events, one connection for each, by the protocol GraphQL over SSE
 * (https://github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): `next` with a result, `complete` at the end.
 */
export async function answerWithEvents(
  request: FastifyRequest,
  reply: FastifyReply,
  subscriptions: Subscriptions,
): Promise<FastifyReply> {
  const gone = callerGone(reply)
  const opened = await subscriptions.open(requestOf(request), {
    authorization: request.headers.authorization,
    origin: { ip: request.ip, userAgent: request.headers['user-agent'] ?? null },
  })
  if ('errors' in opened) {
    if (opened.status === 401) reply.header('www-authenticate', 'Bearer')
    return reply
      .code(opened.status)
      .header('content-type', 'application/json; charset=utf-8')
      .send(JSON.stringify({ errors: subscriptions.shown(opened.errors) }))
  }
  const { events } = opened
  reply.hijack()
  const { raw } = reply
  if (gone.aborted) {
    await events.return?.()
    return reply
  }
  gone.addEventListener('abort', () => void events.return?.(), { once: true })
  raw.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // Proxies of the kind of nginx hold answers back otherwise.
    'x-accel-buffering': 'no',
    connection: 'close',
  })
  const ping = setInterval(() => raw.write(':\n\n'), SUBSCRIPTION_BOUNDS.pingMs)
  raw.write(':\n\n')
  try {
    for await (const result of events) {
      // Whoever reads slowly is sent no more until the connection takes it.
      if (!raw.write(`event: next\ndata: ${JSON.stringify(result)}\n\n`) && !gone.aborted)
        await once(raw, 'drain', { signal: gone }).catch(() => undefined)
    }
    raw.end('event: complete\ndata: \n\n')
  } finally {
    clearInterval(ping)
    raw.end()
  }
  return reply
}

function requestOf(request: FastifyRequest): SubscriptionRequest {
  const holder = (request.method === 'GET' ? request.query : request.body) ?? {}
  const { query, variables, operationName } = holder as Record<string, unknown>
  if (typeof variables !== 'string') return { query, variables, operationName }
  try {
    return { query, variables: JSON.parse(variables), operationName }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    // No object: the operation says which variables it misses.
    return { query, variables: null, operationName }
  }
}
