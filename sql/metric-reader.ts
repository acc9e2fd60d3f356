import type { Pool } from 'pg'
import { compileMatchers } from '../query/promql/index.js'
import type { Matcher } from '../schema/domain/matcher.js'
import { type MetricReader, type StoredSeries, StoreError } from '../schema/ports.js'
import { decodeSamples, SAMPLE_BYTES, SAMPLE_BYTES_SQL } from './metric-columns.js'
import { seriesCondition } from './metric-matchers.js'

/** A query that selects more is refused rather than filling the memory. */
const MAX_SERIES = 100_000
/** 160 MB on the way, and as much again as columns. */
const MAX_SAMPLES = 10_000_000

const selectSamples = (most: number) => `
SELECT series_id, string_agg(sample, '') AS samples FROM (
  SELECT series_id, ${SAMPLE_BYTES_SQL} AS sample FROM metrics.samples
  WHERE series_id = ANY($1::bigint[]) AND ts >= to_timestamp($2::float8 / 1000) AND ts <= to_timestamp($3::float8 / 1000)
    AND ($4::bigint IS NULL OR (flush_id <= $4 AND NOT flush_id = ANY($5::bigint[])))
  LIMIT ${most + 1}
) AS chosen GROUP BY series_id`

/**
 * Reads an org's series and samples. All matchers but regular expressions narrow in the database, these here.
 *
 * @param bounds Left out, 100,000 series and 10 million samples; a selection of more is a StoreError of kind `query`.
 */
export function createMetricReader(
  pool: Pool,
  orgId: string,
  { series: maxSeries = MAX_SERIES, samples: maxSamples = MAX_SAMPLES } = {},
): MetricReader {
  const statement = selectSamples(maxSamples)
  return {
    async select(matchers, range, snapshot): Promise<StoredSeries[]> {
      const series = await selectSeries(pool, orgId, matchers, maxSeries)
      if (series.size === 0) return []
      const { rows } = await pool.query<{ series_id: string; samples: Buffer }>(statement, [
        ...[[...series.keys()], range.start, range.end, snapshot?.upTo ?? null, snapshot?.except ?? []],
      ])
      const found = rows.reduce((all, { samples }) => all + samples.length / SAMPLE_BYTES, 0)
      if (found > maxSamples)
        throw new StoreError(
          'query',
          `The selector meets more than ${maxSamples} samples in its time range; expected fewer series or a shorter range.`,
        )
      return rows.map((row) => ({
        labels: series.get(row.series_id) ?? {},
        ...decodeSamples(row.samples),
      }))
    },
  }
}

async function selectSeries(
  pool: Pool,
  orgId: string,
  matchers: readonly Matcher[],
  most: number,
): Promise<Map<string, Record<string, string>>> {
  const { sql, parameters } = seriesCondition(matchers, 2)
  const { rows } = await pool.query<{ id: string; name: string; labels: Record<string, string> }>(
    `SELECT id, name, labels FROM metrics.series AS s WHERE org_id = $1 AND ${sql} LIMIT ${most + 1}`,
    [orgId, ...parameters],
  )
  if (rows.length > most)
    throw new StoreError('query', `The selector meets more than ${most} series; expected one that names fewer.`)
  const meets = compileMatchers(matchers)
  const selected = new Map<string, Record<string, string>>()
  for (const row of rows) {
    const labels = { ...row.labels, __name__: row.name }
    if (meets(labels)) selected.set(row.id, labels)
  }
  return selected
}
