import { randomBytes } from 'node:crypto'
import type { EdgeTools, Passage } from '../passage.js'
import { Refusal } from '../refusals.js'
import { canonicalText, isSignedBy, sha256 } from '../signature.js'
import { unauthenticated } from '../unauthenticated.js'

/** Stands in for the secret of a key that nobody has: the same work, and never a match. */
const DUMMY_SECRETS: readonly Uint8Array[] = [randomBytes(32)]

/** Proves the key by the signature over the bytes as they were sent; then the key's signals count. */
export function signature(passage: Passage, { clock, credentials }: EdgeTools): void {
  const { claimed, headers, request } = passage
  if (claimed?.scheme !== 'BEARER' && claimed?.scheme !== 'BROWSER') {
    const secrets = claimed?.secrets ?? DUMMY_SECRETS
    const signed = headers.signature
    const isProven =
      claimed?.scheme === 'BODY' ? isSignedBy(secrets, passage.body, signed ?? NONE) : isCanonical(passage, secrets)
    if (!isProven || claimed === null) throw unauthenticated()
  }
  if (!claimed.signals.includes(passage.signal)) {
    const allowed = claimed.signals.join(', ') || 'nothing'
    throw new Refusal('SIGNAL_FORBIDDEN', `This key may send ${allowed}; found a batch of ${passage.signal}.`)
  }
  credentials.touch(claimed.keyId, clock.now())

  function isCanonical({ body }: Passage, secrets: readonly Uint8Array[]): boolean {
    passage.bodyHash = sha256(body)
    const text = canonicalText({
      method: request.method ?? '',
      target: request.url ?? '',
      timestamp: headers.timestamp,
      idempotencyKey: headers.idempotencyKey,
      contentEncoding: headers.contentEncoding,
      bodyHash: passage.bodyHash,
    })
    // Without a time there was no skew to check, and the signature would hold for ever.
    return isSignedBy(secrets, text, headers.signature ?? NONE) && headers.timestamp !== null
  }
}

const NONE = new Uint8Array(0)
