import { setMaxListeners } from 'node:events'
import type { FastifyReply } from 'fastify'

/** A signal that aborts when the connection closes before the answer has gone out. */
export function callerGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  // Every field of a document may listen, and Node warns of more than ten; how many there are is bounded elsewhere.
  setMaxListeners(0, gone.signal)
  reply.raw.once('close', () => {
    if (!reply.raw.writableEnded) gone.abort()
  })
  return gone.signal
}
