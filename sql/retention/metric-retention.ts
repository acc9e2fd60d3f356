import type { Pool, PoolClient } from 'pg'
import { ROLLUP_RETENTION_DAYS } from '../../schema/domain/retention.js'
import type { Log } from '../../schema/ports/clock.js'
import type { Retention } from '../../schema/ports/retention.js'
import { inTransaction } from '../transaction.js'

const DAY_MS = 86_400_000
/** Days ahead for which there are partitions, so that no insert has to make one. */
const AHEAD = [0, 1, 2]
/** Dropping waits for queries, and all new queries for it: no longer than this; the next run tries again. */
const LOCK_TIMEOUT = '2s'
/** Any number that nothing else in the metrics database locks. */
const LOCK = 7_305_811_404
const LOCK_NOT_AVAILABLE = '55P03'

/** Partitions ahead, and of what waits in the rest because there was no time for its partition. */
const MAKE_PARTITIONS = `
SELECT metrics.make_partitions($1, ARRAY(
  SELECT to_timestamp(unnest($2::float8[]) / 1000) UNION SELECT metrics.waiting_days($1)))`
const DROP_BEFORE = `SELECT metrics.drop_before($1, to_timestamp($2::float8 / 1000)) AS dropped`
const REFRESH_WITHIN = 'SELECT metrics.refresh_within($1)'
const OLDEST = `
SELECT (extract(epoch FROM min(ts)) * 1000)::float8 AS at FROM metrics.samples WHERE ts < to_timestamp($1::float8 / 1000)`

/** Samples of some orgs ($3), or of all but some ($4), in [$1, $2). */
const DELETE_OF_ORGS = `
DELETE FROM metrics.samples USING metrics.series
WHERE series.id = series_id AND ts >= to_timestamp($1::float8 / 1000) AND ts < to_timestamp($2::float8 / 1000)
  AND CASE WHEN $3::text[] IS NULL THEN org_id <> ALL ($4::text[]) ELSE org_id = ANY ($3::text[]) END`

/** What a run took away. */
export interface MetricRetentionRun {
  readonly partitions: number
  /** Samples of orgs that keep them for less long than another. */
  readonly samples: number
}

/**
 * Keeps the metrics store within its days: makes partitions ahead, drops those that nobody keeps any more, and deletes
 * what single orgs no longer keep. To be run every hour or so; it is free where nothing is due.
 */
export function createMetricRetention(deps: {
  readonly pool: Pool
  readonly retention: () => Promise<Retention>
  readonly log: Log
}): { run(now: number): Promise<MetricRetentionRun> } {
  const { pool, retention, log } = deps

  async function dropBefore(table: string, time: number): Promise<number> {
    try {
      return await inTransaction(pool, async (client) => {
        await client.query(`SET LOCAL lock_timeout = '${LOCK_TIMEOUT}'`)
        const { rows } = await client.query<{ dropped: number }>(DROP_BEFORE, [table, time])
        return rows[0]?.dropped ?? 0
      })
    } catch (error) {
      if (!(error instanceof Error) || !('code' in error) || error.code !== LOCK_NOT_AVAILABLE) throw error
      log.warn({ table }, 'partitions are in use and stay until the next run')
      return 0
    }
  }

  async function underLock(now: number): Promise<MetricRetentionRun> {
    const ahead = AHEAD.map((day) => now + day * DAY_MS)
    for (const table of ['samples', ...Object.keys(ROLLUP_RETENTION_DAYS)])
      await pool.query(MAKE_PARTITIONS, [table, ahead])
    const terms = termsOf(await retention())
    const longest = Math.max(...terms.map(({ days }) => days))
    // Before anything goes: what refreshes over it would go as well.
    await pool.query(REFRESH_WITHIN, [Math.min(...terms.map(({ days }) => days))])
    let partitions = await dropBefore('samples', now - longest * DAY_MS)
    for (const [table, days] of Object.entries(ROLLUP_RETENTION_DAYS))
      partitions += await dropBefore(table, now - days * DAY_MS)
    let samples = 0
    for (const term of terms.filter(({ days }) => days < longest)) samples += await deleteOf(pool, term, now)
    return { partitions, samples }
  }

  return {
    async run(now) {
      const holder: PoolClient = await pool.connect()
      try {
        const { rows } = await holder.query<{ held: boolean }>('SELECT pg_try_advisory_lock($1) AS held', [LOCK])
        if (rows[0]?.held !== true) return { partitions: 0, samples: 0 }
        try {
          return await underLock(now)
        } finally {
          await holder.query('SELECT pg_advisory_unlock($1)', [LOCK])
        }
      } finally {
        holder.release()
      }
    },
  }
}

/** For how long some orgs' samples are kept; `only` is null for all orgs but `except`. */
interface Term {
  readonly days: number
  readonly only: readonly string[] | null
  readonly except: readonly string[]
}

function termsOf(retention: Retention): Term[] {
  const exceptions = [...retention.exceptions()]
  const standard = { days: retention.standard.samples, only: null, except: exceptions.map(([orgId]) => orgId) }
  const others = [...new Set(exceptions.map(([, { samples }]) => samples))].map((days) => ({
    days,
    only: exceptions.filter(([, { samples }]) => samples === days).map(([orgId]) => orgId),
    except: [],
  }))
  return [standard, ...others]
}

/** A day at a time, so that no transaction holds more than a day's rows. */
async function deleteOf(pool: Pool, { days, only, except }: Term, now: number): Promise<number> {
  const until = now - days * DAY_MS
  const { rows } = await pool.query<{ at: number | null }>(OLDEST, [until])
  const oldest = rows[0]?.at ?? until
  let deleted = 0
  for (let from = oldest; from < until; from += DAY_MS) {
    const { rowCount } = await pool.query(DELETE_OF_ORGS, [from, Math.min(from + DAY_MS, until), only, except])
    deleted += rowCount ?? 0
  }
  return deleted
}
