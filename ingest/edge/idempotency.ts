import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import type { Passage } from './passage.js'
import { sha256 } from './signature.js'

const DAY_MS = 86_400_000

/**
 * What makes two requests one, and for how long that is remembered.
 *
 * - CANONICAL and BEARER with an idempotency key: the key, for a day.
 * - CANONICAL without one: the signature, for as long as its time may pass the skew check, before and after now.
 * - BODY: always the signature, for a day. An idempotency key is not signed there: were it to count, whoever recorded a
 *   request could send it again under another key.
 * - BEARER without one: nothing; each request is its own.
 */
export function idempotencyScope(
  { headers, path }: Passage,
  { orgId, keyId, scheme }: IngestCredential,
  batchId: string,
  skewMs: number,
): { readonly scope: Uint8Array; readonly ttlMs: number } {
  const scoped = (kind: string, value: string) => sha256(JSON.stringify([orgId, keyId, path, kind, value]))
  const signature = headers.signature === null ? null : Buffer.from(headers.signature).toString('hex')
  if (scheme === 'BODY' && signature !== null) return { scope: scoped('signature', signature), ttlMs: DAY_MS }
  if (headers.idempotencyKey !== null) return { scope: scoped('key', headers.idempotencyKey), ttlMs: DAY_MS }
  if (scheme === 'CANONICAL' && signature !== null) return { scope: scoped('signature', signature), ttlMs: 2 * skewMs }
  return { scope: scoped('batch', batchId), ttlMs: 60_000 }
}
