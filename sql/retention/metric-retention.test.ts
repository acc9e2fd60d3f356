import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import { createRetention } from '../../schema/ports/retention.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { createTestDatabase } from '../../test/harness/stores.js'
import { createMetricWriter } from '../metric-store.js'
import { createMetricRetention } from './metric-retention.js'

const DAY_MS = 86_400_000
const NOW = Date.now()

/** A store where each org has a sample of each age, in days. */
async function given(orgs: readonly string[], ages: readonly number[], days: Readonly<Record<string, number>> = {}) {
  const { pool, drop } = await createTestDatabase()
  onTestFinished(drop)
  const samples = orgs.flatMap((orgId) =>
    ages.map((age) => ({ orgId, name: 'm', kind: 'gauge' as const, labels: {}, ts: NOW - age * DAY_MS, value: age })),
  )
  await createMetricWriter(pool).insert(1n, samples)
  const exceptions = new Map(
    Object.entries(days).map(([orgId, samples]) => [orgId, { ...DEFAULT_RETENTION, samples }] as const),
  )
  const log = quietLog()
  const retention = createMetricRetention({
    pool,
    retention: async () => createRetention(DEFAULT_RETENTION, exceptions),
    log,
  })
  const kept = async () => {
    const { rows } = await pool.query<{ org: string; ages: number[] }>(
      `SELECT org_id AS org, array_agg(value ORDER BY value) AS ages FROM metrics.samples
       JOIN metrics.series ON series.id = series_id GROUP BY 1`,
    )
    return Object.fromEntries(rows.map(({ org, ages }) => [org, ages]))
  }
  const partitions = async (table: string) =>
    (await pool.query(`SELECT FROM pg_inherits WHERE inhparent = $1::regclass`, [`metrics.${table}`])).rowCount
  return { pool, retention, kept, partitions, log }
}

test('what is older than its days goes, with its partition and from the rest', async () => {
  const { retention, kept } = await given(['a'], [0, 29, 32, 50, 500])
  expect((await retention.run(NOW)).partitions).toBeGreaterThanOrEqual(2)
  expect(await kept()).toEqual({ a: [0, 29] })
  expect(await retention.run(NOW)).toEqual({ partitions: 0, samples: 0 })
})

test('each org keeps its samples for its own days', async () => {
  const { retention, kept } = await given(['a', 'short', 'long'], [0, 5, 29, 32, 50, 500], { short: 4, long: 45 })
  expect(await retention.run(NOW)).toMatchObject({ samples: 4 })
  expect(await kept()).toEqual({ a: [0, 5, 29], short: [0], long: [0, 5, 29, 32] })
  expect(await retention.run(NOW)).toEqual({ partitions: 0, samples: 0 })
})

test('partitions of the next two days are there before their samples', async () => {
  const { retention, partitions, pool } = await given([], [])
  await retention.run(NOW)
  const before = await partitions('samples')
  await pool.query(`SELECT metrics.make_partitions('samples', ARRAY[now(), now() + INTERVAL '2 days'])`)
  expect(await partitions('samples')).toBe(before)
  // Today, tomorrow, the day after, and the rest.
  expect(await partitions('rollup_1m')).toBe(4)
})

test('a partition that a long query reads stays until the next run, and the query goes on', async () => {
  const { retention, pool, kept, log } = await given(['a'], [0, 50])
  const reader = await pool.connect()
  await reader.query('BEGIN')
  await reader.query('SELECT count(*) FROM metrics.samples')
  await retention.run(NOW)
  expect(await kept()).toEqual({ a: [0, 50] })
  expect(log.heard.join()).toContain('stay until the next run')
  await reader.query('COMMIT')
  reader.release()
  await retention.run(NOW)
  expect(await kept()).toEqual({ a: [0] })
}, 60_000)

test('samples that came while their partition could not be made are moved into it', async () => {
  const { retention, pool } = await given([], [])
  await pool.query(`INSERT INTO metrics.samples VALUES (1, now() - INTERVAL '3 days', 1, 1)`)
  await retention.run(NOW)
  const { rows } = await pool.query(`SELECT tableoid::regclass::text AS part FROM metrics.samples`)
  expect(rows).toEqual([{ part: expect.stringMatching(/^metrics\.samples_\d{8}$/) }])
})
