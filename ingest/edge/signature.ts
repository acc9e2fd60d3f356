import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** What scheme CANONICAL signs, beside the body. Absent headers are null. */
export interface CanonicalParts {
  readonly method: string
  /** Path and query as they stand in the request line. */
  readonly target: string
  readonly timestamp: string | null
  readonly idempotencyKey: string | null
  readonly contentEncoding: string | null
  /** SHA-256 of the body as sent. */
  readonly bodyHash: Uint8Array
}

/** The text that scheme CANONICAL signs. */
export function canonicalText(parts: CanonicalParts): string {
  return [
    'v1',
    parts.method,
    parts.target,
    parts.timestamp ?? '',
    parts.idempotencyKey ?? '',
    parts.contentEncoding ?? '',
    Buffer.from(parts.bodyHash).toString('hex'),
  ].join('\n')
}

/**
 * Whether the signature is the HMAC-SHA256 of the message under one of the secrets. Every secret is tried whatever the
 * others gave, and in constant time, so that the time taken tells nothing.
 */
export function isSignedBy(
  secrets: readonly Uint8Array[],
  message: string | Uint8Array,
  signature: Uint8Array,
): boolean {
  let matches = 0
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(message).digest()
    matches += expected.length === signature.length && timingSafeEqual(expected, signature) ? 1 : 0
  }
  return matches > 0
}

/** SHA-256. */
export function sha256(bytes: string | Uint8Array): Uint8Array {
  return createHash('sha256').update(bytes).digest()
}

const FORM = /^sha256=([0-9a-fA-F]{64})$/

/** The 32 bytes of an `x-signature` header; null when it is not of the form `sha256=<64 hex digits>`. */
export function readSignature(header: string): Uint8Array | null {
  const hex = FORM.exec(header)?.[1]
  return hex === undefined ? null : Buffer.from(hex, 'hex')
}
