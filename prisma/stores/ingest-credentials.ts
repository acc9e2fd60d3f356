import type { Pool } from 'pg'
import type { IngestCredential } from '../../schema/domain/ingest-key.js'
import type { Clock, Log } from '../../schema/ports/clock.js'
import type { IngestCredentials } from '../../schema/ports/ingest.js'
import type { FanOut } from '../../schema/ports/limits.js'
import type { Sealer } from '../sealing.js'
import { createCredentialCache, type Loaded } from './credential-cache.js'
import { ingestSecretHash } from './ingest-keys.js'

/** How often noted uses are written, ms. */
const TOUCH_EVERY_MS = 10_000

const SELECT = `
  SELECT k.id, k.org_id, k.key, k.scheme, k.signals, k.allowed_origins, s.sealed, s.expires_at,
    o.ingest_requests_per_minute, o.ingest_items_per_day::float8, o.ingest_bytes_per_day::float8
  FROM ingest_key k JOIN org o ON o.id = k.org_id
  LEFT JOIN ingest_secret s ON s.ingest_key_id = k.id AND (s.expires_at IS NULL OR s.expires_at > $2)
  WHERE k.revoked_at IS NULL AND `
const BY_KEY = `${SELECT} k.key = $1 ORDER BY s.created_at DESC`
const BY_SECRET = `${SELECT} k.scheme = 'BEARER' AND k.id = (
    SELECT ingest_key_id FROM ingest_secret WHERE hash = $1 AND (expires_at IS NULL OR expires_at > $2))
  ORDER BY s.created_at DESC`

const TOUCH = `
  UPDATE ingest_key SET last_used_at = greatest(last_used_at, used.at)
  FROM unnest($1::text[], $2::timestamptz[]) AS used (id, at) WHERE ingest_key.id = used.id`

/**
 * Ingest keys as the edge looks them up: remembered for 30 s at most, forgotten at once when the gateway changes one.
 * `secrets` are the UTF-8 bytes of the text that was shown, the newest first.
 */
export async function createIngestCredentials(deps: {
  readonly pool: Pool
  readonly sealer: Sealer
  readonly fanOut: FanOut
  readonly clock: Clock
  readonly log: Log
}): Promise<IngestCredentials & { close(): Promise<void> }> {
  const { pool, sealer, clock, log } = deps
  const cache = createCredentialCache(clock)
  const unsubscribe = await deps.fanOut.subscribe('ingest-key', (key) => cache.forget(key))
  const used = new Map<string, number>()
  const timer = setInterval(() => void writeUses(), TOUCH_EVERY_MS)
  timer.unref()

  async function load(sql: string, by: unknown): Promise<Loaded> {
    const { rows } = await pool.query<Row>(sql, [by, new Date(clock.now())])
    const expiry = Math.min(...rows.map((row) => row.expires_at?.getTime() ?? Number.POSITIVE_INFINITY))
    return { credential: toCredential(rows, sealer), validUntil: expiry }
  }

  async function writeUses(): Promise<void> {
    if (used.size === 0) return
    const batch = [...used]
    used.clear()
    try {
      await pool.query(TOUCH, [batch.map(([id]) => id), batch.map(([, at]) => new Date(at))])
    } catch (error) {
      log.warn({ err: error, keys: batch.length }, 'The last use of ingest keys could not be written down.')
    }
  }

  return {
    byKey: (key) => cache.get(`key:${key}`, () => load(BY_KEY, key)),
    bySecret(secret) {
      const hash = ingestSecretHash(secret)
      return cache.get(`secret:${Buffer.from(hash).toString('base64')}`, () => load(BY_SECRET, hash))
    },
    touch(keyId, at) {
      used.set(keyId, Math.max(at, used.get(keyId) ?? 0))
    },
    async close() {
      clearInterval(timer)
      await unsubscribe()
      await writeUses()
    },
  }
}

/** One row a live secret, or a single one without. */
interface Row {
  readonly id: string
  readonly org_id: string
  readonly key: string
  readonly scheme: IngestCredential['scheme']
  readonly signals: IngestCredential['signals']
  readonly allowed_origins: readonly string[]
  readonly sealed: Buffer | null
  readonly expires_at: Date | null
  readonly ingest_requests_per_minute: number | null
  readonly ingest_items_per_day: number | null
  readonly ingest_bytes_per_day: number | null
}

function toCredential(rows: readonly Row[], sealer: Sealer): IngestCredential | null {
  const [row] = rows
  if (row === undefined) return null
  return {
    keyId: row.id,
    orgId: row.org_id,
    key: row.key,
    scheme: row.scheme,
    signals: row.signals,
    allowedOrigins: row.allowed_origins,
    limits: {
      requestsPerMinute: row.ingest_requests_per_minute,
      itemsPerDay: row.ingest_items_per_day,
      bytesPerDay: row.ingest_bytes_per_day,
    },
    secrets: rows.flatMap(({ sealed }) => (sealed === null ? [] : [Uint8Array.from(sealer.open(sealed, row.id))])),
  }
}
