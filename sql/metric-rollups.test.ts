import fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { createPostgresFlushManifests, type PostgresFlushManifests } from '../queue/postgres/flush-manifests.js'
import { sliceOf } from '../schema/domain/slice.js'
import type { MetricSample } from '../schema/ports.js'
import { quietLog } from '../test/conformance/quiet-log.js'
import { useStores } from '../test/harness/stores.js'
import { createMetricRollups } from './metric-rollups.js'
import { createMetricWriter } from './metric-store.js'

const stores = useStores()
const HOUR = 3_600_000
const NOW = Math.floor(Date.now() / HOUR) * HOUR
const BOUNDS = { from: NOW - 48 * HOUR, until: NOW + HOUR, finestFrom: NOW - 24 * HOUR }

let flushes: PostgresFlushManifests
beforeAll(() => {
  flushes = createPostgresFlushManifests({ connectionString: stores.url, log: quietLog() })
  return () => flushes.end()
})

type Point = readonly [offsetMs: number, value: number, stale?: boolean]
interface Bucket {
  ts: Date
  count: number
  sum: number
  min: number
  max: number
  first: number
  last: number
  increase: number
}

let orgs = 0
function given(start = NOW - 2 * HOUR + 1) {
  const orgId = `org_${++orgs}`
  const writer = createMetricWriter(stores.pool)
  const rollups = createMetricRollups({
    metrics: stores.pool,
    engine: stores.pool,
    snapshot: () => flushes.snapshot(),
  })
  const open = async (points: readonly Point[]) => {
    const samples = points.map(
      ([offset, value, stale = false]): MetricSample => ({
        ...{ orgId, name: 'c', kind: 'counter', labels: {}, ts: start + offset, value, stale },
      }),
    )
    const slices = [...new Set(samples.map(({ ts }) => sliceOf(ts)))].sort((a, b) => a - b)
    const line = { orgId, acceptedHour: NOW, slices, rows: samples.length, bytes: 1 }
    const flushId = await flushes.open({
      ...{ signal: 'metrics', owner: 'test', leaseMs: 60_000, batchIds: [crypto.randomUUID()] },
      lines: [{ ...line, firstSlice: slices[0] ?? 0, lastSlice: slices.at(-1) ?? 0 }],
      terms: { days: {}, policies: {} },
    })
    await writer.insert(flushId, samples)
    return flushId
  }
  const buckets = async (table: string) => {
    const { rows } = await stores.pool.query<Bucket>(
      `SELECT r.* FROM metrics.${table} r JOIN metrics.series s ON s.id = r.series_id WHERE org_id = $1 ORDER BY ts`,
      [orgId],
    )
    return rows
  }
  return {
    open,
    buckets,
    start,
    run: () => rollups.run(BOUNDS),
    flush: async (points: readonly Point[]) => flushes.close(await open(points)),
  }
}

/** How much a counter rose over values in order. */
function riseOf(values: readonly number[]): number {
  return values
    .slice(1)
    .reduce((all, value, i) => all + (value >= (values[i] ?? 0) ? value - (values[i] ?? 0) : value), 0)
}

/** The same from buckets in order. */
function joined(buckets: readonly Bucket[]): number {
  return (
    buckets.reduce((all, { increase }) => all + increase, 0) +
    buckets.slice(1).reduce((all, { first }, i) => {
      const last = buckets[i]?.last ?? 0
      return all + (first >= last ? first - last : first)
    }, 0)
  )
}

const LEVELS = [
  ['rollup_1m', 60_000],
  ['rollup_5m', 300_000],
  ['rollup_1h', 3_600_000],
] as const

test('whatever order samples come in, every level tells the counter’s rise as the samples do', async () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 2 * 3600 - 1 }), fc.integer({ min: 0, max: 1000 }), fc.boolean())
  const points = fc.uniqueArray(point, { selector: ([second]) => second, minLength: 1, maxLength: 120 })
  await fc.assert(
    fc.asyncProperty(points, fc.integer({ min: 1, max: 4 }), async (all, parts) => {
      const { flush, run, buckets, start } = given(NOW - 2 * HOUR)
      for (let part = 0; part < parts; part++) {
        const some = all.filter((_, i) => i % parts === part)
        if (some.length > 0) await flush(some.map(([second, value, stale]) => [second * 1000, value, stale]))
        if (part % 2 === 0) await run()
      }
      await run()
      const bucketOf = (second: number, ms: number) => Math.ceil((start + second * 1000) / ms) * ms - ms
      const kept = all.filter(([, , stale]) => !stale).sort(([a], [b]) => a - b)
      for (const [table, ms] of LEVELS) {
        const found = await buckets(table)
        const inBucket = (at: Date) => kept.filter(([second]) => bucketOf(second, ms) === +at).map(([, value]) => value)
        expect(
          found.map(({ ts, count, sum, min, max, first, last, increase }) => ({
            ts,
            count,
            sum,
            min,
            max,
            first,
            last,
            increase,
          })),
        ).toEqual(
          [...new Set(kept.map(([second]) => bucketOf(second, ms)))].map((ms) => {
            const values = inBucket(new Date(ms))
            return {
              ts: new Date(ms),
              count: values.length,
              sum: values.reduce((sum, value) => sum + value, 0),
              min: Math.min(...values),
              max: Math.max(...values),
              first: values[0],
              last: values.at(-1),
              increase: riseOf(values),
            }
          }),
        )
        expect(joined(found)).toBe(riseOf(kept.map(([, value]) => value)))
      }
    }),
    { numRuns: 12 },
  )
})

test('an open flush is counted in once it is closed', async () => {
  const { open, flush, run, buckets } = given()
  const early = await open([[0, 1]])
  await flush([[70_000, 2]])
  await run()
  expect(await buckets('rollup_1m')).toMatchObject([{ first: 2 }])
  await flushes.close(early)
  await run()
  expect(await buckets('rollup_1m')).toMatchObject([{ first: 1 }, { first: 2 }])
  expect(await buckets('rollup_1h')).toMatchObject([{ count: 2, increase: 1 }])
})

test('a run without new flushes writes nothing; two at once do the work once', async () => {
  const { flush, run } = given()
  await run()
  await flush([
    [0, 1],
    [1000, 2],
  ])
  const runs = await Promise.all([run(), run()])
  expect(
    runs
      .filter((one) => one !== null)
      .map(({ rows }) => rows)
      .sort(),
  ).toEqual(runs.includes(null) ? [3] : [0, 3])
  expect(await run()).toEqual({ hours: 0, rows: 0 })
})

test('where the finest rollups are gone, coarser ones are computed from samples', async () => {
  const { flush, run, buckets } = given(NOW - 30 * HOUR + 1)
  await flush([
    [0, 5],
    [60_000, 2],
    [400_000, 3],
  ])
  await run()
  expect(await buckets('rollup_1m')).toEqual([])
  expect(await buckets('rollup_5m')).toMatchObject([
    { count: 2, increase: 2 },
    { count: 1, increase: 0 },
  ])
  expect(await buckets('rollup_1h')).toMatchObject([{ count: 3, increase: 3 }])
})

test('a bucket is not computed from less than it was: samples that retention took stay counted', async () => {
  const { flush, run, buckets, start } = given()
  await flush([
    [0, 5],
    [1000, 7],
  ])
  await run()
  const { rowCount } = await stores.pool.query(
    `DELETE FROM metrics.samples USING metrics.series s WHERE s.id = series_id AND org_id = $1 AND ts >= to_timestamp($2::float8 / 1000)`,
    [`org_${orgs}`, start],
  )
  expect(rowCount).toBe(2)
  await flush([[2000, 1]])
  await run()
  expect(await buckets('rollup_1h')).toMatchObject([{ count: 2, increase: 2 }])
})

test('numbers at the edge of what a float holds stop nobody’s rollups', async () => {
  const { flush, run, buckets } = given()
  const most = Number.MAX_VALUE
  await flush([
    [0, -most],
    [1000, most],
    [2000, most],
    [3000, Number.NaN],
    [4000, Number.POSITIVE_INFINITY],
  ])
  await flush([
    [60_000, Number.NaN],
    [120_000, 1e-308],
  ])
  await run()
  expect((await buckets('rollup_1m')).map(({ min, max, count }) => [min, max, count])).toEqual([
    [-most, Number.POSITIVE_INFINITY, 5],
    [Number.NaN, Number.NaN, 1],
    [1e-308, 1e-308, 1],
  ])
})
