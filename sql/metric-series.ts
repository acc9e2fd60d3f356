import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { canonicalLabels, type Labels } from '../schema/domain/labels.js'
import { type NamedSeries, seriesOfKey } from '../schema/domain/series-key.js'
import { StoreError } from '../schema/ports.js'
import { SeriesCache } from './metric-series-cache.js'

/** Series whose ids are remembered, to twice as many; about 300 bytes each. */
const REMEMBERED = 150_000
/** Series made by one statement. */
const AT_ONCE = 5_000

const SERIES = `
WITH asked AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::bytea[]) AS row (org_id, name, kind, labels, fingerprint)
), made AS (
  INSERT INTO metrics.series (org_id, name, kind, labels, fingerprint)
  SELECT DISTINCT ON (org_id, fingerprint) org_id, name, kind, labels, fingerprint FROM asked
  ORDER BY org_id, fingerprint, kind = 'gauge'
  ON CONFLICT (org_id, fingerprint) DO UPDATE SET kind = excluded.kind WHERE series.kind = 'gauge' AND excluded.kind <> 'gauge'
  RETURNING id, org_id, fingerprint
)
SELECT id, org_id, encode(fingerprint, 'hex') AS fingerprint FROM made
UNION
SELECT s.id, s.org_id, encode(s.fingerprint, 'hex') FROM metrics.series s
JOIN asked USING (org_id, fingerprint)`

/**
 * Finds the ids of series by their keys, in their order; makes those that are not there yet. A series is a gauge until any
 * sample of it tells more: senders that do not know send gauges, and who came first must not decide.
 */
export type ResolveSeries = (keys: readonly string[]) => Promise<Float64Array>

/** Resolves series with a bounded memory of those seen lately; only unknown ones cost a hash and a question. */
export function createResolveSeries(pool: Pool, remembered = REMEMBERED): ResolveSeries {
  const cache = new SeriesCache(remembered)
  return async (asked) => {
    const ids = new Float64Array(asked.length)
    const unknown = new Map<string, number[]>()
    for (let i = 0; i < asked.length; i++) {
      const key = asked[i] ?? ''
      const id = cache.get(key)
      if (id !== undefined) {
        ids[i] = id
        continue
      }
      const positions = unknown.get(key)
      if (positions === undefined) unknown.set(key, [i])
      else positions.push(i)
    }
    const wanted = [...unknown]
    for (let at = 0; at < wanted.length; at += AT_ONCE) {
      const some = wanted.slice(at, at + AT_ONCE)
      const made = await makeSeries(
        pool,
        some.map(([key]) => storable(key)),
      )
      some.forEach(([key, positions], n) => {
        const id = made[n] ?? 0
        cache.set(key, id)
        for (const position of positions) ids[position] = id
      })
    }
    return ids
  }
}

function storable(key: string): NamedSeries {
  const series = seriesOfKey(key)
  if (series !== null) return series
  throw new StoreError('query', 'The metrics store takes no series with U+0000 in its name or its labels; found one.')
}

/** Ids of some series, one for each. */
async function makeSeries(pool: Pool, wanted: readonly NamedSeries[]): Promise<number[]> {
  const fingerprints = wanted.map(({ name, labels }) => fingerprint(name, labels))
  const names = wanted.map(({ orgId }, i) => `${orgId}:${fingerprints[i]?.toString('hex')}`)
  const parameters = [
    wanted.map(({ orgId }) => orgId),
    wanted.map(({ name }) => name),
    wanted.map(({ kind }) => kind),
    wanted.map(({ labels }) => JSON.stringify(labels)),
    fingerprints,
  ]
  const ids = new Map<string, number>()
  // A row that another writer inserted after the statement's snapshot is in neither half; the next statement sees it.
  for (let attempt = 1; attempt <= 3 && !names.every((name) => ids.has(name)); attempt++) {
    const { rows } = await pool.query<{ id: string; org_id: string; fingerprint: string }>(SERIES, parameters)
    for (const row of rows) ids.set(`${row.org_id}:${row.fingerprint}`, Number(row.id))
  }
  return names.map((name) => {
    const id = ids.get(name)
    if (id === undefined) throw new Error('The metrics store made a series and does not show it; expected its id.')
    return id
  })
}

function fingerprint(name: string, labels: Labels): Buffer {
  return createHash('sha256').update(JSON.stringify(name)).update(canonicalLabels(labels)).digest()
}
