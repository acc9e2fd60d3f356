import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { useStores } from '../test/harness/stores.js'
import { migrationFolder } from './migrate-files.js'

const stores = useStores()
const FILE = readFileSync(join(migrationFolder('metrics'), '0007_rollups_hold_their_end.sql'), 'utf8')
const DAY_MS = 86_400_000

/** The store as the version before left it, and the file over it. */
async function upgraded(days: readonly number[], samples: boolean) {
  const { pool } = stores
  await pool.query(
    `ALTER TABLE metrics.rollup_progress DROP COLUMN exact_from; TRUNCATE metrics.rollup_1h, metrics.samples`,
  )
  await pool.query(`UPDATE metrics.rollup_progress SET up_to = 7, except_for = '{5}'`)
  for (const day of days)
    await pool.query(
      `INSERT INTO metrics.rollup_1h SELECT 1, date_trunc('day', now()) - make_interval(days => $1), 1, 1, 1, 1, 1, 1, now(), now(), 0`,
      [day],
    )
  if (samples) {
    await pool.query(`SELECT metrics.make_partitions('samples', ARRAY[now() - INTERVAL '3 days', now()])`)
    await pool.query(`INSERT INTO metrics.samples VALUES (1, now() - INTERVAL '3 days', 1, 1, NULL)`)
  }
  await pool.query(FILE)
  const { rows: kept } = await pool.query<{ ts: Date }>('SELECT ts FROM metrics.rollup_1h ORDER BY ts DESC')
  const { rows } = await pool.query<{ up_to: string; exact_from: Date | number }>(
    `SELECT up_to::text, exact_from FROM metrics.rollup_progress`,
  )
  return { kept: kept.map(({ ts }) => Math.round((Date.now() - ts.getTime()) / DAY_MS - 0.5)), progress: rows[0] }
}

test('a new store is exact from its beginning', async () => {
  const { progress } = await upgraded([], false)
  expect(progress).toEqual({ up_to: '0', exact_from: Number.NEGATIVE_INFINITY })
})

test('buckets that samples can make anew are given up and made again; older ones stay, and count as inexact', async () => {
  const { kept, progress } = await upgraded([0, 1, 2, 3, 10, 40], true)
  const exactFrom = new Date(progress?.exact_from ?? 0).getTime()
  const oldest = Math.floor((Date.now() - 3 * DAY_MS) / DAY_MS) * DAY_MS
  expect(progress?.up_to).toBe('0')
  // A day inside of the oldest partition, which retention may be taking away.
  expect(exactFrom).toBe(oldest + DAY_MS)
  expect(kept).toEqual([3, 10, 40])
})
