import type { Pool } from 'pg'
import { compileMatchers } from '../query/promql/index.js'
import type { FlushSnapshot } from '../schema/domain/horizon.js'
import type { Matcher } from '../schema/domain/matcher.js'
import { type MetricReader, type StoredSeries, StoreError } from '../schema/ports.js'

/** A query that selects more than this is refused rather than filling the memory. */
const MAX_SERIES = 100_000

const SELECT_SERIES = `
SELECT id, name, labels FROM metrics.series
WHERE org_id = $1 AND ($2::text IS NULL OR name = $2) AND labels @> $3::jsonb
LIMIT ${MAX_SERIES + 1}`

const SELECT_SAMPLES = `
SELECT series_id, array_agg(extract(epoch FROM ts)::float8 * 1000 ORDER BY ts) AS timestamps, array_agg(value ORDER BY ts) AS values,
  CASE WHEN bool_or(stale) THEN array_agg(stale IS NOT NULL ORDER BY ts) END AS stale
FROM metrics.samples
WHERE series_id = ANY($1::bigint[]) AND ts >= to_timestamp($2::float8 / 1000) AND ts <= to_timestamp($3::float8 / 1000)
  AND ($4::bigint IS NULL OR (flush_id <= $4 AND NOT flush_id = ANY($5::bigint[])))
GROUP BY series_id`

interface SampleRow {
  readonly series_id: string
  readonly timestamps: number[]
  readonly values: number[]
  readonly stale: boolean[] | null
}

/** Reads an org's series and samples. Equality matchers narrow in the database, the others here. */
export function createMetricReader(pool: Pool, orgId: string): MetricReader {
  return {
    async select(matchers, range, snapshot): Promise<StoredSeries[]> {
      const series = await selectSeries(pool, orgId, matchers)
      if (series.size === 0) return []
      const { rows } = await pool.query<SampleRow>(SELECT_SAMPLES, [
        [...series.keys()],
        range.start,
        range.end,
        snapshot?.upTo ?? null,
        exceptions(snapshot),
      ])
      return rows.map((row) => ({
        labels: series.get(row.series_id) ?? {},
        timestamps: Float64Array.from(row.timestamps, Math.round),
        values: Float64Array.from(row.values),
        ...(row.stale !== null && { stale: Uint8Array.from(row.stale, Number) }),
      }))
    },
  }
}

async function selectSeries(
  pool: Pool,
  orgId: string,
  matchers: readonly Matcher[],
): Promise<Map<string, Record<string, string>>> {
  const exact = matchers.filter(({ op, value }) => op === '=' && value !== '')
  const name = exact.find((matcher) => matcher.name === '__name__')?.value ?? null
  const contained = Object.fromEntries(exact.filter((m) => m.name !== '__name__').map((m) => [m.name, m.value]))
  const { rows } = await pool.query<{ id: string; name: string; labels: Record<string, string> }>(SELECT_SERIES, [
    orgId,
    name,
    contained,
  ])
  if (rows.length > MAX_SERIES)
    throw new StoreError('query', `The selector meets more than ${MAX_SERIES} series; expected one that names fewer.`)
  const meets = compileMatchers(matchers)
  const selected = new Map<string, Record<string, string>>()
  for (const row of rows) {
    const labels = { ...row.labels, __name__: row.name }
    if (meets(labels)) selected.set(row.id, labels)
  }
  return selected
}

function exceptions(snapshot: FlushSnapshot | null): readonly bigint[] {
  return snapshot?.except ?? []
}
