import type { RollupLevel } from './metric-rollup-levels.js'

/*
 * Statements that compute buckets anew. Parameters of each: $1 orgs and $2 starts of buckets (Unix ms) as pairs, and $3
 * and $4 as the bounds of all of them, which let partitions and pages be left out. All of an org's series are computed.
 */

const DIRTY = `
dirty AS MATERIALIZED (
  SELECT org_id, to_timestamp(ms / 1000) AS bucket FROM unnest($1::text[], $2::float8[]) AS row (org_id, ms)
)`

/** A bucket holds its end and not its start; PostgreSQL's times are whole microseconds. */
const samplesInBucket = (level: RollupLevel) => `
  JOIN metrics.series ON series.id = source.series_id
  JOIN dirty ON dirty.org_id = series.org_id AND dirty.bucket =
    date_bin(INTERVAL '${level.ms} milliseconds', source.ts - INTERVAL '1 microsecond', TIMESTAMPTZ 'epoch')
  WHERE source.ts > to_timestamp($3::float8 / 1000) AND source.ts <= to_timestamp($4::float8 / 1000)`

const bucketsInBucket = (level: RollupLevel) => `
  JOIN metrics.series ON series.id = source.series_id
  JOIN dirty ON dirty.org_id = series.org_id
    AND dirty.bucket = date_bin(INTERVAL '${level.ms} milliseconds', source.ts, TIMESTAMPTZ 'epoch')
  WHERE source.ts >= to_timestamp($3::float8 / 1000) AND source.ts < to_timestamp($4::float8 / 1000)`

/** How much a counter rose between two samples. */
const rise = (from: string, to: string) =>
  `CASE WHEN ${to} >= ${from} THEN metrics.addable(${to}) - metrics.addable(${from}) ELSE metrics.addable(${to}) END`

/**
 * A bucket is replaced by one that counts more samples only: they are added, and gone by their age. So a bucket whose
 * samples retention has taken is never computed again from a late one alone.
 */
const upsert = (level: RollupLevel, select: string) => `
WITH ${DIRTY}, ${select}
INSERT INTO metrics.${level.table} AS known
  (series_id, ts, count, sum, min, max, first, last, first_ts, last_ts, increase)
SELECT * FROM computed
ON CONFLICT (series_id, ts) DO UPDATE SET
  count = excluded.count, sum = excluded.sum, min = excluded.min, max = excluded.max, first = excluded.first,
  last = excluded.last, first_ts = excluded.first_ts, last_ts = excluded.last_ts, increase = excluded.increase
WHERE known.count < excluded.count`

/** Buckets from samples. */
export function bucketsFromSamples(level: RollupLevel): string {
  return upsert(
    level,
    `
ordered AS (
  SELECT source.series_id, bucket, source.ts, value, lag(value) OVER series AS before,
    row_number() OVER series = 1 AS is_first, lead(source.ts) OVER series IS NULL AS is_last
  FROM metrics.samples AS source ${samplesInBucket(level)} AND stale IS NULL
  WINDOW series AS (PARTITION BY source.series_id, bucket ORDER BY source.ts)
), computed AS (
  SELECT series_id, bucket, count(*)::integer, sum(metrics.addable(value)),
    min(value), coalesce(max(value) FILTER (WHERE value <> 'NaN'), 'NaN'),
    min(value) FILTER (WHERE is_first), min(value) FILTER (WHERE is_last), min(ts), max(ts),
    coalesce(sum(${rise('before', 'value')}) FILTER (WHERE NOT is_first), 0)
  FROM ordered GROUP BY series_id, bucket
)`,
  )
}

/** Buckets from those of a finer level. */
export function bucketsFromFiner(level: RollupLevel, finer: RollupLevel): string {
  return upsert(
    level,
    `
ordered AS (
  SELECT source.*, bucket, lag(source.last) OVER series AS before,
    row_number() OVER series = 1 AS is_first, lead(source.ts) OVER series IS NULL AS is_last
  FROM metrics.${finer.table} AS source ${bucketsInBucket(level)}
  WINDOW series AS (PARTITION BY source.series_id, bucket ORDER BY source.ts)
), computed AS (
  SELECT series_id, bucket, sum(count)::integer, sum(metrics.addable(sum)),
    min(min), coalesce(max(max) FILTER (WHERE max <> 'NaN'), 'NaN'),
    min(first) FILTER (WHERE is_first), min(last) FILTER (WHERE is_last), min(first_ts), max(last_ts),
    sum(metrics.addable(increase)) + coalesce(sum(${rise('before', 'first')}) FILTER (WHERE NOT is_first), 0)
  FROM ordered GROUP BY series_id, bucket
)`,
  )
}
