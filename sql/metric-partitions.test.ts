import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { createEmptyDatabase, createTestDatabase } from '../test/harness/stores.js'
import { migrationFolder } from './migrate-files.js'
import { migratePostgres } from './migrate-postgres.js'

const DAY_MS = 86_400_000

async function given() {
  const { pool, drop } = await createTestDatabase()
  onTestFinished(drop)
  const partitions = async () => {
    const { rows } = await pool.query<{ part: string; rows: number }>(
      `SELECT tableoid::regclass::text AS part, count(*)::int AS rows FROM metrics.samples GROUP BY 1 ORDER BY 1`,
    )
    return rows.map(({ part, rows }) => [part.replace('metrics.samples_', ''), rows])
  }
  const insert = (times: readonly number[]) =>
    pool.query(`INSERT INTO metrics.samples SELECT 1, to_timestamp(unnest($1::float8[]) / 1000), 1, 1`, [times])
  const make = (...times: number[]) =>
    pool.query(`SELECT metrics.make_partitions('samples', ARRAY(SELECT to_timestamp(unnest($1::float8[]) / 1000)))`, [
      times,
    ])
  const dropBefore = async (time: number) => {
    const { rows } = await pool.query<{ dropped: number }>(
      `SELECT metrics.drop_before('samples', to_timestamp($1::float8 / 1000)) AS dropped`,
      [time],
    )
    return rows[0]?.dropped
  }
  return { pool, partitions, insert, make, dropBefore }
}

const dayName = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')

test('samples stored before there were partitions are carried over', async () => {
  const { url, pool, drop } = await createEmptyDatabase()
  onTestFinished(drop)
  const early = scratchFolder()
  const files = readdirSync(migrationFolder('metrics')).sort()
  for (const name of files.slice(0, 2)) copyFileSync(join(migrationFolder('metrics'), name), join(early, name))
  await migratePostgres(url, 'metrics', early)
  await pool.query(`
    INSERT INTO metrics.samples (series_id, ts, value, flush_id, stale)
    SELECT 7, now() - i * INTERVAL '7 hours', i, i, CASE WHEN i % 5 = 0 THEN true END FROM generate_series(0, 300) AS i`)
  const read = async () => (await pool.query('SELECT * FROM metrics.samples ORDER BY ts')).rows
  const before = await read()
  expect(await migratePostgres(url, 'metrics')).toEqual(files.slice(2))
  expect(await read()).toEqual(before)
})

test('a partition takes over what waited in the rest', async () => {
  const { insert, make, partitions } = await given()
  const at = Math.floor(Date.now() / DAY_MS) * DAY_MS - 10 * DAY_MS
  await insert([at - 1, at, at + DAY_MS - 1, at + DAY_MS])
  expect(await partitions()).toEqual([['rest', 4]])
  await Promise.all([make(at, at + 5), make(at)])
  expect(await partitions()).toEqual([
    [dayName(at), 2],
    ['rest', 2],
  ])
})

test('whole partitions go, and rows of the rest; a day that is partly young enough stays', async () => {
  const { insert, make, dropBefore, partitions } = await given()
  const at = Math.floor(Date.now() / DAY_MS) * DAY_MS
  const days = [at - 3 * DAY_MS, at - 2 * DAY_MS, at - DAY_MS, at]
  await make(...days)
  await insert([...days, at - 100 * DAY_MS, at + 100 * DAY_MS])
  expect(await dropBefore(at - DAY_MS - 1)).toBe(1)
  expect(await partitions()).toEqual([...days.slice(1).map((day) => [dayName(day), 1]), ['rest', 1]])
  expect(await dropBefore(at - DAY_MS)).toBe(1)
  expect(await dropBefore(at - DAY_MS)).toBe(0)
})

test('times far from now make no partition', async () => {
  const { make, pool } = await given()
  const count = async () =>
    (await pool.query(`SELECT FROM pg_inherits WHERE inhparent = 'metrics.samples'::regclass`)).rowCount
  const before = await count()
  await make(Date.now() - 61 * DAY_MS, Date.now() + 4 * DAY_MS, 0)
  expect(await count()).toBe(before)
})
