import { signBody, signCanonical } from './sign.js'

/** How requests prove whose they are. */
export type Scheme = 'CANONICAL' | 'BODY' | 'BEARER'

/** An ingest key. */
export interface Credentials {
  /** Public id of the key; BEARER needs none. */
  readonly key?: string
  /** As it was shown when the key was made. Never sent, save under BEARER. */
  readonly secret: string
  /** CANONICAL where left out. */
  readonly scheme?: Scheme
}

/** What of a request is signed. */
export interface Signable {
  readonly method: string
  /** Path and query as they will stand in the request line. */
  readonly path: string
  /** Unix ms. */
  readonly timestamp: number
  readonly idempotencyKey?: string
  readonly contentEncoding?: string
  /** As it will be sent: compressed, where it is. */
  readonly body: string | Uint8Array
}

/** Every header that the scheme asks of a request, beside its content type. */
export function credentialHeaders(credentials: Credentials, request: Signable): Record<string, string> {
  const { key = '', secret, scheme = 'CANONICAL' } = credentials
  if (scheme === 'CANONICAL') return { 'x-org-key': key, ...signCanonical({ secret, ...request }) }
  const plain = {
    ...(request.idempotencyKey === undefined ? {} : { 'x-idempotency-key': request.idempotencyKey }),
    ...(request.contentEncoding === undefined ? {} : { 'content-encoding': request.contentEncoding }),
  }
  if (scheme === 'BODY') return { 'x-org-key': key, ...signBody(secret, request.body), ...plain }
  return { authorization: `Bearer ${secret}`, ...plain }
}

/** @throws TypeError when a key of this scheme cannot be used; for the moment in which a client is made. */
export function checkCredentials({ key, secret, scheme = 'CANONICAL' }: Credentials): void {
  if (!['CANONICAL', 'BODY', 'BEARER'].includes(scheme))
    throw new TypeError(`scheme is ${JSON.stringify(scheme)}; expected CANONICAL, BODY or BEARER.`)
  if (typeof secret !== 'string' || secret === '')
    throw new TypeError('secret is empty; expected that of an ingest key.')
  if (scheme !== 'BEARER' && (typeof key !== 'string' || key === ''))
    throw new TypeError(`key is empty; scheme ${scheme} needs the public id of an ingest key.`)
}
