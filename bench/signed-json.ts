import type { Bootstrap } from '../cli/bootstrap.js'
import { signCanonical } from '../cli/signing.js'
import type { ReadyRequest } from './send.js'

/** A native batch, signed with the first key of an installation and ready to be sent. */
export function signedJson({ ingestKey }: Bootstrap, path: string, batch: object): ReadyRequest {
  const body = Buffer.from(JSON.stringify(batch))
  const signed = signCanonical({ secret: ingestKey.secret, method: 'POST', path, timestamp: Date.now(), body })
  return { body, headers: { 'content-type': 'application/json', 'x-org-key': ingestKey.key, ...signed } }
}
