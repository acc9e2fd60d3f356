import type { Pool, PoolClient } from 'pg'
import type { FlushSnapshot } from '../schema/domain/horizon.js'
import { dirtyMinutes, type LineSlices } from './metric-dirty-minutes.js'
import { bucketOf, ROLLUP_LEVELS } from './metric-rollup-levels.js'
import { bucketsFromFiner, bucketsFromSamples } from './metric-rollup-statements.js'
import { inTransaction } from './transaction.js'

/** Flushes whose lines are held at once; after a long pause there are a million. */
const AT_ONCE = 10_000n
/** Any number that nothing else in the metrics database locks. */
const LOCK = 7_305_811_403

const PROGRESS = `
SELECT up_to::text AS "upTo", except_for::text[] AS except FROM metrics.rollup_progress`
const ADVANCE = `
UPDATE metrics.rollup_progress SET up_to = $1::bigint, except_for = $2::bigint[], at = clock_timestamp()`

/** Lines of metrics, of all orgs, in flushes that the later snapshot ($3, $4) sees and the earlier ($1, $2) does not. */
const LINES = `
SELECT DISTINCT org_id AS "orgId", first_slice AS first, last_slice AS last, slices FROM engine.flush_line
WHERE signal = 'metrics' AND flush_id <> ALL ($4::bigint[]) AND flush_id <= $3::bigint
  AND (flush_id > $1::bigint OR flush_id = ANY ($2::bigint[]))`

const MAKE_PARTITIONS = `
SELECT metrics.make_partitions($1, ARRAY(SELECT to_timestamp(unnest($2::float8[]) / 1000)))`

/** Which buckets a run may compute, Unix ms; others are left as they are. */
export interface RollupBounds {
  /** When samples begin. */
  readonly from: number
  /** Past any time that is accepted. */
  readonly until: number
  /** When the finest rollups begin; coarser buckets from before it are computed from samples. */
  readonly finestFrom: number
}

/** What a run did. */
export interface RollupRun {
  /** Hours of which some minute was computed anew. */
  readonly hours: number
  /** Rows that are new or other than before, of all levels. */
  readonly rows: number
}

export interface MetricRollups {
  /**
   * Computes anew each bucket that a flush closed since the last run has touched, and remembers up to which flushes the
   * rollups count in. What a run left undone, the next one does; of two at once, one does nothing.
   *
   * @returns null where another run is under way, or TimescaleDB keeps the rollups.
   */
  run(bounds: RollupBounds): Promise<RollupRun | null>
}

/** @param deps.engine The database with the flush manifest; `snapshot` is that of its flushes. */
export function createMetricRollups(deps: {
  readonly metrics: Pool
  readonly engine: Pick<Pool, 'query'>
  readonly snapshot: () => Promise<FlushSnapshot>
}): MetricRollups {
  const { metrics, engine, snapshot } = deps

  async function advance(bounds: RollupBounds): Promise<RollupRun> {
    const target = await snapshot()
    const done = { hours: 0, rows: 0 }
    for (;;) {
      const { rows: known } = await metrics.query<{ upTo: string; except: string[] }>(PROGRESS)
      const [before] = known
      if (before === undefined) throw new Error('metrics.rollup_progress is empty; expected one row.')
      const after = step(target, BigInt(before.upTo) + AT_ONCE)
      const parameters = [before.upTo, before.except, after.upTo, after.except]
      const { rows: lines } = await engine.query<LineSlices>(LINES, parameters)
      for (const [hour, minutes] of dirtyMinutes(lines, bounds)) {
        done.rows += await computeHour(metrics, hour, minutes, bounds)
        done.hours++
      }
      await metrics.query(ADVANCE, [after.upTo, after.except])
      if (after.upTo >= target.upTo) return done
    }
  }

  return {
    async run(bounds) {
      const holder = await metrics.connect()
      try {
        // TimescaleDB keeps its rollups by itself, and there is no progress to remember.
        const { rows } = await holder.query<{ held: boolean }>(
          `SELECT to_regclass('metrics.rollup_progress') IS NOT NULL AND pg_try_advisory_lock($1) AS held`,
          [LOCK],
        )
        if (rows[0]?.held !== true) return null
        try {
          return await advance(bounds)
        } finally {
          await holder.query('SELECT pg_advisory_unlock($1)', [LOCK])
        }
      } finally {
        holder.release()
      }
    },
  }
}

/** What a snapshot sees up to a flush: ids are handed out in the order of commit, so that is a snapshot too. */
function step({ upTo, except }: FlushSnapshot, last: bigint): FlushSnapshot {
  return last >= upTo ? { upTo, except } : { upTo: last, except: except.filter((id) => id <= last) }
}

/** Buckets of an org. */
type Bucket = readonly [orgId: string, start: number]

/** One hour of all orgs, all levels in one transaction. */
async function computeHour(
  metrics: Pool,
  hour: number,
  minutes: readonly Bucket[],
  { finestFrom }: RollupBounds,
): Promise<number> {
  const [finest, ...coarser] = ROLLUP_LEVELS
  for (const level of ROLLUP_LEVELS) await metrics.query(MAKE_PARTITIONS, [level.table, [hour]])
  return inTransaction(metrics, async (client) => {
    // Sorting an hour of 1,000 series in memory.
    await client.query(`SET LOCAL work_mem = '64MB'`)
    const whole = hour >= finestFrom
    let rows = whole ? await compute(client, bucketsFromSamples(finest), minutes, finest.ms) : 0
    let finer = finest
    for (const level of coarser) {
      const buckets = distinct(minutes.map(([orgId, start]) => [orgId, bucketOf(level, start)]))
      const statement = whole ? bucketsFromFiner(level, finer) : bucketsFromSamples(level)
      rows += await compute(client, statement, buckets, level.ms)
      finer = level
    }
    return rows
  })
}

async function compute(client: PoolClient, statement: string, buckets: readonly Bucket[], ms: number): Promise<number> {
  const starts = buckets.map(([, start]) => start)
  const first = starts.reduce((least, start) => Math.min(least, start), Number.POSITIVE_INFINITY)
  const last = starts.reduce((most, start) => Math.max(most, start), 0)
  const { rowCount } = await client.query(statement, [buckets.map(([orgId]) => orgId), starts, first, last + ms])
  return rowCount ?? 0
}

function distinct(buckets: readonly Bucket[]): Bucket[] {
  return [...new Map(buckets.map((bucket) => [bucket.join(' '), bucket])).values()]
}
