import { createHash } from 'node:crypto'
import type { Pool } from 'pg'
import { canonicalLabels, type Labels } from '../schema/domain/labels.js'
import type { MetricSample, MetricWriter } from '../schema/ports.js'
import { inTransaction } from './transaction.js'

/** Series whose ids are remembered; past it the memory begins anew. About 100 bytes each. */
const REMEMBERED = 500_000

const SERIES = `
WITH asked AS (
  SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::bytea[]) AS row (org_id, name, kind, labels, fingerprint)
), made AS (
  INSERT INTO metrics.series (org_id, name, kind, labels, fingerprint)
  SELECT org_id, name, kind, labels, fingerprint FROM asked ORDER BY org_id, fingerprint
  ON CONFLICT (org_id, fingerprint) DO NOTHING
  RETURNING id, org_id, fingerprint
)
SELECT id, org_id, encode(fingerprint, 'hex') AS fingerprint FROM made
UNION ALL
SELECT s.id, s.org_id, encode(s.fingerprint, 'hex') FROM metrics.series s
JOIN asked USING (org_id, fingerprint)`

const SAMPLES = `
INSERT INTO metrics.samples (series_id, ts, value, flush_id, stale)
SELECT series_id, to_timestamp(ms / 1000.0), value, $1, stale
FROM unnest($2::bigint[], $3::float8[], $4::float8[], $5::boolean[]) AS row (series_id, ms, value, stale)
ON CONFLICT (series_id, ts) DO NOTHING`

/** Writes samples to the metrics store on PostgreSQL. A repeated flush adds nothing. */
export function createMetricWriter(pool: Pool): MetricWriter {
  const ids = new Map<string, string>()

  async function resolveSeries(samples: readonly MetricSample[]): Promise<string[]> {
    const keys = samples.map(seriesKey)
    const unknown = new Map<string, MetricSample>()
    samples.forEach((sample, i) => {
      const key = keys[i] ?? ''
      if (!ids.has(key)) unknown.set(key, sample)
    })
    if (unknown.size > 0) await makeSeries([...unknown.values()])
    return keys.map((key) => ids.get(key) ?? '')
  }

  async function makeSeries(wanted: readonly MetricSample[]): Promise<void> {
    if (ids.size + wanted.length > REMEMBERED) ids.clear()
    const parameters = [
      wanted.map(({ orgId }) => orgId),
      wanted.map(({ name }) => name),
      wanted.map(({ kind }) => kind),
      wanted.map(({ labels }) => JSON.stringify(labels)),
      wanted.map((sample) => fingerprint(sample.name, sample.labels)),
    ]
    const read = () => pool.query<{ id: string; org_id: string; fingerprint: string }>(SERIES, parameters)
    let { rows } = await read()
    // A row that another writer inserted after this statement's snapshot is in neither half; the next statement sees it.
    if (rows.length < wanted.length) rows = (await read()).rows
    for (const row of rows) ids.set(`${row.org_id}:${row.fingerprint}`, row.id)
  }

  return {
    async insert(flushId, samples) {
      if (samples.length === 0) return
      let series = await resolveSeries(samples)
      // The memory may have been emptied in between by another flush.
      if (series.includes('')) series = await resolveSeries(samples)
      await inTransaction(pool, async (client) => {
        await client.query(SAMPLES, [
          flushId,
          series,
          samples.map(({ ts }) => ts),
          samples.map(({ value, stale }) => (stale ? Number.NaN : value)),
          samples.map(({ stale }) => (stale ? true : null)),
        ])
      })
    },
  }
}

function seriesKey(sample: MetricSample): string {
  return `${sample.orgId}:${fingerprint(sample.name, sample.labels).toString('hex')}`
}

function fingerprint(name: string, labels: Labels): Buffer {
  return createHash('sha256').update(JSON.stringify(name)).update(canonicalLabels(labels)).digest()
}
