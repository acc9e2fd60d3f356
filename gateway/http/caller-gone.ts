import type { FastifyReply } from 'fastify'

/** A signal that aborts when the connection closes before the answer has gone out. */
export function callerGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) gone.abort()
  })
  return gone.signal
}
