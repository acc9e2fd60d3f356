import type { IncomingMessage } from 'node:http'
import { BROWSER_PATH, queryKey } from '../browser.js'
import type { EdgeTools, IngestHeaders, Passage } from '../passage.js'
import { checkEncoding, wireForm } from '../protocol.js'
import { Refusal } from '../refusals.js'
import { readSignature } from '../signature.js'
import { checkSkew } from '../skew.js'
import { unauthenticated } from '../unauthenticated.js'

/** Headers that decide who is let in or how the body is read: one that stands twice means different things to different readers. */
const SINGLE = new Set([
  'authorization',
  'content-encoding',
  'content-type',
  'origin',
  'x-idempotency-key',
  'x-org-key',
  'x-signature',
  'x-timestamp',
])
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/
const ORG_KEY = /^[\x21-\x7e]{1,128}$/
const BEARER = /^bearer +([\x21-\x7e]{1,512})$/i
/** Method, content type, encoding and the form of the security headers: what costs nothing to check. */
export function headers(passage: Passage, { clock, limits }: EdgeTools): void {
  const { request } = passage
  if (request.method !== 'POST')
    throw new Refusal('METHOD_NOT_ALLOWED', `The method is ${request.method}; expected POST.`)
  refuseDuplicates(request)
  const form = wireForm(passage.path, one(request, 'content-type'), request.headers.origin !== undefined)
  passage.form = form
  const contentEncoding = one(request, 'content-encoding')
  checkEncoding(form, contentEncoding)
  passage.headers = { ...security(request, passage.path), contentEncoding }
  const { timestamp } = passage.headers
  if (timestamp !== null) checkSkew('x-timestamp', Number(timestamp), clock.now(), limits.skewMs)
}

function refuseDuplicates({ rawHeaders }: IncomingMessage): void {
  const seen = new Set<string>()
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]?.toLowerCase() ?? ''
    if (!SINGLE.has(name)) continue
    if (seen.has(name)) throw new Refusal('HEADER_INVALID', `The header ${name} stands more than once; expected one.`)
    seen.add(name)
  }
}

function security(request: IncomingMessage, path: string): Omit<IngestHeaders, 'contentEncoding'> {
  const orgKey = one(request, 'x-org-key')
  const timestamp = one(request, 'x-timestamp')
  const idempotencyKey = one(request, 'x-idempotency-key')
  const signature = one(request, 'x-signature')
  const authorization = one(request, 'authorization')
  if (timestamp !== null && !/^\d{1,15}$/.test(timestamp))
    throw new Refusal('HEADER_INVALID', 'The header x-timestamp is not a number; expected Unix milliseconds.')
  if (idempotencyKey !== null && !IDEMPOTENCY_KEY.test(idempotencyKey))
    throw new Refusal(
      'HEADER_INVALID',
      'The header x-idempotency-key is not of the expected form: 1 to 255 visible ASCII characters.',
    )
  const signatureBytes = signature === null ? null : readSignature(signature)
  const bearer = authorization === null ? null : (BEARER.exec(authorization)?.[1] ?? null)
  const isSigned = orgKey !== null && ORG_KEY.test(orgKey) && signatureBytes !== null
  const proof = { timestamp, idempotencyKey, signature: signatureBytes, bearer }
  if (isSigned || bearer !== null) return { ...proof, orgKey, origin: null }
  const origin = one(request, 'origin')
  const publicKey = orgKey ?? queryKey(request)
  if (path !== BROWSER_PATH || origin === null || publicKey === null || !ORG_KEY.test(publicKey))
    throw unauthenticated()
  return { ...proof, signature: null, orgKey: publicKey, origin }
}

function one(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name]
  return typeof value === 'string' ? value : null
}
