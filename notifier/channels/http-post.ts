import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { type Egress, EgressRefusedError } from './egress.js'

/** Bytes of an answer that are read; the rest is dropped with the connection. */
const MAX_ANSWER_BYTES = 64 * 1024

export interface HttpAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** At most 64 KiB. */
  readonly text: string
}

/** No answer came. `sent`: the request may have reached the receiver. */
export class PostFault extends Error {
  override readonly name = 'PostFault'
  constructor(
    message: string,
    readonly sent: boolean,
    /** The destination is refused by the egress guard; repeating does not help. */
    readonly refused: boolean,
  ) {
    super(message)
  }
}

/**
 * Posts once, follows no redirect and reuses no connection, so that every request meets the guard.
 *
 * @param egress Null for URLs that the operator set.
 * @throws PostFault when no answer came; its message names no path, query or header.
 */
export function post(options: {
  readonly url: URL
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly timeoutMs: number
  readonly egress: Egress | null
}): Promise<HttpAnswer> {
  const { url, egress } = options
  return new Promise((resolve, reject) => {
    try {
      egress?.checkHost(url.hostname)
    } catch (error) {
      reject(error instanceof EgressRefusedError ? new PostFault(error.message, false, true) : error)
      return
    }
    let sent = false
    let settled = false
    const body = Buffer.from(options.body)
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    const request: ClientRequest = send(url, {
      method: 'POST',
      headers: { ...options.headers, 'content-length': String(body.length) },
      agent: false,
      ...(egress === null ? {} : { lookup: egress.lookup }),
    })
    const end = (act: () => void) => {
      if (settled) return
      settled = true
      clearTimeout(timer)
      act()
      request.destroy()
    }
    let finishReading: (() => void) | null = null
    const timer = setTimeout(() => {
      // A status that came counts, however slowly the rest of the answer drips.
      if (finishReading !== null) finishReading()
      else end(() => reject(new PostFault(`no answer within ${options.timeoutMs / 1_000} s`, sent, false)))
    }, options.timeoutMs)
    request.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        sent = true
      })
    })
    request.on('error', (error: NodeJS.ErrnoException) =>
      end(() =>
        reject(
          error instanceof EgressRefusedError
            ? new PostFault(error.message, false, true)
            : new PostFault(faultText(error, url), sent, false),
        ),
      ),
    )
    request.on('response', (response) => {
      finishReading = readCapped(response, (text) =>
        end(() => resolve({ status: response.statusCode ?? 0, headers: plainHeaders(response), text })),
      )
    })
    request.end(body)
  })
}

/** Calls back at the end of the answer, at its cap, or when it breaks off. Returns how to end it before. */
function readCapped(response: IncomingMessage, done: (text: string) => void): () => void {
  const chunks: Buffer[] = []
  let length = 0
  const finish = () => done(Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8'))
  response.on('data', (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    if (length >= MAX_ANSWER_BYTES) finish()
  })
  response.on('end', finish)
  response.on('error', finish)
  response.on('close', finish)
  return finish
}

function plainHeaders(response: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

const FAULTS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not known to DNS',
  EAI_AGAIN: 'DNS did not answer',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed while sending',
  ETIMEDOUT: 'the connection timed out',
  EHOSTUNREACH: 'no route leads to it',
  ENETUNREACH: 'its network cannot be reached',
}

function faultText(error: NodeJS.ErrnoException, url: URL): string {
  const code = error.code ?? error.name
  return `${url.host}: ${FAULTS[code] ?? `the request failed with ${code}`}`
}
