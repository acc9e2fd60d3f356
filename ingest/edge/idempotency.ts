import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import type { Passage } from './passage.js'
import { sha256 } from './signature.js'

const DAY_MS = 86_400_000

/**
 * What makes two requests one, and for how long that is remembered.
 *
 * - CANONICAL, BEARER and BROWSER with an idempotency key: the key, for a day.
 * - CANONICAL without one: the signature, for as long as its time may pass the skew check, before and after now.
 * - BODY: always the body, decompressed, for a day. An idempotency key is not signed there: were it to make two requests
 *   of one body, whoever recorded a request could send it again under another key; so it is not looked at. Not the
 *   signature either: a retry signed with the new secret, during rotation, is the same batch.
 * - BEARER and BROWSER without one: nothing; each request is its own.
 */
export function idempotencyScope(
  { headers, path }: Pick<Passage, 'headers' | 'path'>,
  bodyHash: Uint8Array,
  { orgId, keyId, scheme }: IngestCredential,
  batchId: string,
  skewMs: number,
): { readonly scope: Uint8Array; readonly ttlMs: number } {
  const scoped = (kind: string, value: string) => sha256(JSON.stringify([orgId, keyId, path, kind, value]))
  const signature = headers.signature === null ? null : Buffer.from(headers.signature).toString('hex')
  if (scheme === 'BODY') return { scope: scoped('body', Buffer.from(bodyHash).toString('hex')), ttlMs: DAY_MS }
  if (headers.idempotencyKey !== null) return { scope: scoped('key', headers.idempotencyKey), ttlMs: DAY_MS }
  if (scheme === 'CANONICAL' && signature !== null) return { scope: scoped('signature', signature), ttlMs: 2 * skewMs }
  return { scope: scoped('batch', batchId), ttlMs: 60_000 }
}
