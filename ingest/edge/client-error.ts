import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { Refusal } from './refusals.js'

/** Answers what Node could not read as HTTP, in the same form as every other refusal. */
export function answerClientError(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const refusal =
    error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
      ? new Refusal('BODY_TIMEOUT', 'The request did not arrive in time.')
      : new Refusal('REQUEST_MALFORMED', 'The request is not valid HTTP/1.1, or its headers are too large.')
  const body = JSON.stringify(refusal.answer())
  socket.end(
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}
