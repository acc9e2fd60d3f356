import type { IncomingMessage } from 'node:http'

/** What is read of a refused body and thrown away, before the connection is cut. */
const MAX_BYTES = 64 * 1024 * 1024
const MAX_MS = 5_000

/**
 * Reads away what is left of a refused request's body. A connection closed on unread bytes is reset, and the client,
 * still sending, would lose the answer that tells it why. Whoever sends too much or too slowly even then is cut off.
 */
export function drain(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  let length = 0
  const cut = () => {
    stop()
    request.socket.destroy()
  }
  const timer = setTimeout(cut, MAX_MS)
  timer.unref()
  const onData = (chunk: Buffer) => {
    length += chunk.length
    if (length > MAX_BYTES) cut()
  }
  const stop = () => {
    clearTimeout(timer)
    request.off('data', onData).off('end', stop).off('close', stop).off('error', stop)
  }
  request.on('data', onData).on('end', stop).on('close', stop).on('error', stop)
  request.resume()
}
