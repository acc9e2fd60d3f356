import type pg from 'pg'
import { createAnswerMemory, createRollupAnswers, type EvaluationPool } from '../gateway/index.js'
import { createPromqlQueries, type PromqlQueries } from '../gateway/promql/queries.js'
import { createQueryTurns } from '../gateway/query-turns.js'
import { NO_FLUSHES } from '../schema/domain/horizon.js'
import { QUERY_BOUNDS } from '../schema/domain/query-bounds.js'
import { DEFAULT_RETENTION } from '../schema/domain/retention.js'
import { createRetention } from '../schema/ports/retention.js'
import { createMetricReader } from '../sql/metric-reader.js'
import { ROLLUP_LEVELS } from '../sql/metric-rollup-levels.js'
import { createRollupReader } from '../sql/metric-rollup-reader.js'
import { bucketsFromSamples } from '../sql/metric-rollup-statements.js'

const HOUR_MS = 3_600_000
/** A day less than samples are kept for. */
export const LONG_RANGE_MS = 29 * 24 * HOUR_MS
export const LONG_SERIES = 20
const STEP_MS = 15_000

/** A range of 29 days, 20 counters at 15 s: 3.3 million samples, about what one query may read. */
export async function storeLongRange(pool: pg.Pool, orgId: string, until: number): Promise<void> {
  await pool.query(
    `INSERT INTO metrics.series (org_id, name, kind, labels, fingerprint)
     SELECT $1, 'y', 'counter', jsonb_build_object('service', 'service-' || i % 4, 'instance', i::text), int4send(i)
     FROM generate_series(1, $2::integer) AS i`,
    [orgId, LONG_SERIES],
  )
  const days = Array.from({ length: 30 }, (_, day) => new Date(until - day * 24 * HOUR_MS))
  await pool.query(`SELECT metrics.make_partitions('samples', $1::timestamptz[])`, [days])
  await pool.query(
    `INSERT INTO metrics.samples (series_id, ts, value, flush_id)
     SELECT s.id, to_timestamp(($2::float8 - i * $3::float8) / 1000), ($4::integer - i) * (1 + s.id % 7), 1
     FROM metrics.series s, generate_series(0, $4::integer) AS i WHERE s.org_id = $1 AND s.name = 'y'`,
    [orgId, until, STEP_MS, LONG_RANGE_MS / STEP_MS],
  )
  for (const level of ROLLUP_LEVELS.slice(1)) {
    await pool.query(`SELECT metrics.make_partitions($1, $2::timestamptz[])`, [level.table, days])
    const first = Math.floor((until - LONG_RANGE_MS) / level.ms) * level.ms - level.ms
    const starts = Array.from({ length: LONG_RANGE_MS / level.ms + 2 }, (_, index) => first + index * level.ms)
    const orgs = starts.map(() => orgId)
    await pool.query(bucketsFromSamples(level), [orgs, starts, first, (starts.at(-1) ?? 0) + level.ms])
  }
  await pool.query('ANALYZE metrics.samples; ANALYZE metrics.rollup_5m; ANALYZE metrics.rollup_1h')
}

/** No flush comes while the benchmark asks. */
const flushes = { snapshot: async () => NO_FLUSHES, dirtySlices: async () => ({ slices: [], ranges: [] }) }

/** Queries as a gateway has them: with rollups, or with a memory, or with neither. */
export function benchQueries(
  pool: pg.Pool,
  evaluation: EvaluationPool,
  use: 'rollups' | 'memory' | null,
): PromqlQueries {
  const clock = { now: () => Date.now() }
  const retention = createRetention(DEFAULT_RETENTION)
  return createPromqlQueries({
    pool: evaluation,
    metrics: { forOrg: (orgId) => createMetricReader(pool, orgId) },
    turns: createQueryTurns({ of: async () => QUERY_BOUNDS }),
    memory:
      use === 'memory'
        ? createAnswerMemory({
            ...{ maxBytes: 64 * 1_048_576, flushes, graceMs: 3_000, clock },
            watermarks: async () => ({ now: clock.now(), oldest: [] }),
          })
        : null,
    rollups:
      use === 'rollups'
        ? createRollupAnswers({
            rollups: { forOrg: (orgId) => createRollupReader(pool, orgId) },
            ...{ flushes, retention: async () => retention, clock },
          })
        : null,
  })
}
