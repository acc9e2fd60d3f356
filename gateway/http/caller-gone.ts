import { setMaxListeners } from 'node:events'
import type { FastifyReply } from 'fastify'

/** A signal that aborts when the connection closes before the answer has gone out. */
export function callerGone(reply: FastifyReply): AbortSignal {
  const gone = new AbortController()
  // Every field of a document may listen, and Node warns of more than ten; how many there are is bounded elsewhere.
  setMaxListeners(0, gone.signal)
  const { raw } = reply
  const leave = () => {
    if (!raw.writableEnded) gone.abort()
  }
  // Whoever left before this was asked says so no more.
  if (raw.destroyed) leave()
  else raw.once('close', leave)
  return gone.signal
}
