import { createHash, createHmac } from 'node:crypto'

/** What is signed under scheme CANONICAL. */
export interface CanonicalRequest {
  /** The key's secret, as it was shown when the key was made. */
  readonly secret: string
  readonly method: string
  /** Path and query as they will stand in the request line. */
  readonly path: string
  /** Unix milliseconds. */
  readonly timestamp: number
  readonly idempotencyKey?: string
  readonly contentEncoding?: string
  /** As it will be sent: compressed, where it is. */
  readonly body: string | Uint8Array
}

/** Headers that sign a request under scheme CANONICAL; `x-org-key` and `content-type` are the caller's. */
export function signCanonical(request: CanonicalRequest): Record<string, string> {
  const { secret, method, path, timestamp, idempotencyKey, contentEncoding, body } = request
  const hash = createHash('sha256').update(body).digest('hex')
  const text = `v1\n${method}\n${path}\n${timestamp}\n${idempotencyKey ?? ''}\n${contentEncoding ?? ''}\n${hash}`
  return {
    'x-timestamp': String(timestamp),
    'x-signature': `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`,
    ...(idempotencyKey === undefined ? {} : { 'x-idempotency-key': idempotencyKey }),
    ...(contentEncoding === undefined ? {} : { 'content-encoding': contentEncoding }),
  }
}

/** Headers that sign a request under scheme BODY. */
export function signBody(secret: string, body: string | Uint8Array): Record<string, string> {
  return { 'x-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}` }
}
