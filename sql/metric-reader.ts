import type { Pool } from 'pg'
import { compileMatchers } from '../query/promql/index.js'
import type { Matcher } from '../schema/domain/matcher.js'
import { exceeded } from '../schema/domain/query-bounds.js'
import { type MetricReader, type ReadLimits, type StoredSeries, StoreError } from '../schema/ports.js'
import { cancellableQuery } from './cancellable-query.js'
import { decodeSamples, SAMPLE_BYTES, SAMPLE_BYTES_SQL } from './metric-columns.js'
import { seriesCondition } from './metric-matchers.js'

/**
 * A query that selects more is refused rather than filling the memory: 160 MB on the way, and as much again as columns.
 */
export const MAX_SELECTION = { series: 100_000, samples: 10_000_000 }

/** Samples of series ($1) from $2 to $3 (Unix ms), as a snapshot ($4, $5) sees them; at most $6. */
export const SELECT_SAMPLES = `
SELECT series_id, string_agg(sample, '') AS samples FROM (
  SELECT series_id, ${SAMPLE_BYTES_SQL} AS sample FROM metrics.samples
  WHERE series_id = ANY($1::bigint[]) AND ts >= to_timestamp($2::float8 / 1000) AND ts <= to_timestamp($3::float8 / 1000)
    AND ($4::bigint IS NULL OR (flush_id <= $4 AND NOT flush_id = ANY($5::bigint[])))
  LIMIT $6
) AS chosen GROUP BY series_id`

/** What one selection may meet. */
export interface SelectionBounds {
  readonly series: number
  readonly samples: number
}

/**
 * Reads an org's series and samples. All matchers but regular expressions narrow in the database, these here.
 *
 * @param own Where a question comes without bounds: left out, 100,000 series and 10 million samples, and a selection of
 * more is a StoreError of kind `query`.
 */
export function createMetricReader(pool: Pool, orgId: string, own: SelectionBounds = MAX_SELECTION): MetricReader {
  return {
    async select(matchers, range, snapshot, limits = {}): Promise<StoredSeries[]> {
      const bounds = limits.bounds ?? own
      const series = await selectSeries(pool, orgId, matchers, bounds, limits)
      if (series.size === 0) return []
      const rows = await cancellableQuery<{ series_id: string; samples: Buffer }>(
        pool,
        SELECT_SAMPLES,
        [
          ...[[...series.keys()], range.start, range.end],
          ...[snapshot?.upTo ?? null, snapshot?.except ?? [], bounds.samples + 1],
        ],
        limits,
      )
      const found = rows.reduce((all, { samples }) => all + samples.length / SAMPLE_BYTES, 0)
      if (found > bounds.samples && limits.bounds !== undefined) throw exceeded('samples', bounds.samples)
      if (found > bounds.samples)
        throw new StoreError(
          'query',
          `The selector meets more than ${bounds.samples} samples in its time range; expected fewer series or a shorter range.`,
        )
      return rows.map((row) => ({
        labels: series.get(row.series_id) ?? {},
        ...decodeSamples(row.samples),
      }))
    },
  }
}

/** Series of an org that meet all matchers: labels by id. */
export async function selectSeries(
  pool: Pool,
  orgId: string,
  matchers: readonly Matcher[],
  { series: most }: SelectionBounds,
  limits: ReadLimits,
): Promise<Map<string, Record<string, string>>> {
  const { sql, parameters } = seriesCondition(matchers, 2)
  const rows = await cancellableQuery<{ id: string; name: string; labels: Record<string, string> }>(
    pool,
    `SELECT id, name, labels FROM metrics.series AS s WHERE org_id = $1 AND ${sql} LIMIT ${most + 1}`,
    [orgId, ...parameters],
    limits,
  )
  if (rows.length > most && limits.bounds !== undefined) throw exceeded('series', most)
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
