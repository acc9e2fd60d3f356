import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { createPostgresFlushManifests, type PostgresFlushManifests } from '../../queue/postgres/flush-manifests.js'
import { QUERY_BOUNDS } from '../../schema/domain/query-bounds.js'
import { DEFAULT_RETENTION } from '../../schema/domain/retention.js'
import { sliceOf } from '../../schema/domain/slice.js'
import { createRetention } from '../../schema/ports/retention.js'
import type { RollupPiece } from '../../schema/ports/rollups.js'
import type { MetricSample } from '../../schema/ports/telemetry.js'
import { createMetricReader } from '../../sql/metric-reader.js'
import { createRollupReader } from '../../sql/metric-rollup-reader.js'
import { createMetricRollups } from '../../sql/metric-rollups.js'
import { createMetricWriter } from '../../sql/metric-store.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { useStores } from '../../test/harness/stores.js'
import { createQueryTurns } from '../query-turns.js'
import { createEvaluationPool } from './pool.js'
import { createPromqlQueries } from './queries.js'
import { createRollupAnswers } from './rollups.js'

const stores = useStores()
const MINUTE = 60_000
const HOUR = 60 * MINUTE
const NOW = Math.floor(Date.now() / HOUR) * HOUR
const BOUNDS = { from: NOW - 96 * HOUR, until: NOW + HOUR, finestFrom: NOW - 95 * HOUR }

let flushes: PostgresFlushManifests
beforeAll(() => {
  flushes = createPostgresFlushManifests({ connectionString: stores.url, log: quietLog() })
  return () => flushes.end()
})

/** Milliseconds before now, value, and whether it marks the series stale. */
type Point = readonly [back: number, value: number, stale?: boolean]

let orgs = 0
function given({ days = 30 } = {}) {
  const orgId = `org_${++orgs}`
  const pieces: RollupPiece[] = []
  const retention = createRetention({ ...DEFAULT_RETENTION, samples: days })
  const rollups = createRollupAnswers({
    rollups: {
      forOrg: (id) => {
        const reader = createRollupReader(stores.pool, id)
        return {
          progress: reader.progress,
          select(matchers, levelMs, asked, limits) {
            pieces.push(...asked)
            return reader.select(matchers, levelMs, asked, limits)
          },
        }
      },
    },
    ...{ flushes, retention: async () => retention, clock: { now: () => NOW }, worthwhileMs: 1 },
  })
  const turns = createQueryTurns({ of: async () => QUERY_BOUNDS })
  const pool = createEvaluationPool({ workers: 0, file: '', log: quietLog() })
  const metrics = { forOrg: (id: string) => createMetricReader(stores.pool, id) }
  const [rolled, raw] = [rollups, null].map((one) =>
    createPromqlQueries({ pool, metrics, turns, memory: null, rollups: one }),
  )
  const job = createMetricRollups({ metrics: stores.pool, engine: stores.pool, snapshot: () => flushes.snapshot() })
  const ask = async (queries: typeof raw, promql: string, times: { start: number; end: number; step: number }) => {
    const { signal } = new AbortController()
    const evaluated = await queries?.ask(orgId, {
      promql,
      times,
      form: 'columns',
      limit: null,
      signal,
      timeoutMs: null,
    })
    if (evaluated?.form !== 'columns') throw new Error('Columns were asked for.')
    const { result } = evaluated
    if (result.kind !== 'matrix') throw new Error('A range was asked for.')
    const series = result.series.map(({ labels, timestamps, values }) => ({
      ...{ labels, timestamps: [...timestamps], values: [...values] },
    }))
    return { series, warnings: result.warnings, infos: result.infos }
  }
  return {
    orgId,
    pieces,
    rollUp: () => job.run(BOUNDS),
    store: async (points: readonly Point[], { closed = true } = {}) => {
      const samples = points.map(
        ([back, value, stale = false], index): MetricSample => ({
          ...{ orgId, name: 'c_total', kind: 'counter', labels: { pod: index % 3 === 0 ? 'a' : 'b' } },
          ...{ ts: NOW - back, value, stale },
        }),
      )
      const slices = [...new Set(samples.map(({ ts }) => sliceOf(ts)))].sort((a, b) => a - b)
      const flushId = await flushes.open({
        ...{ signal: 'metrics', owner: 'test', leaseMs: 600_000, batchIds: [crypto.randomUUID()] },
        terms: { days: {}, policies: {} },
        lines: [
          {
            ...{ orgId, acceptedHour: NOW, slices, rows: samples.length, bytes: 1 },
            ...{ firstSlice: slices[0] ?? 0, lastSlice: slices.at(-1) ?? 0 },
          },
        ],
      })
      await createMetricWriter(stores.pool).insert(flushId, samples)
      if (closed) await flushes.close(flushId)
    },
    rolled: (promql: string, times: { start: number; end: number; step: number }) => ask(rolled, promql, times),
    raw: (promql: string, times: { start: number; end: number; step: number }) => ask(raw, promql, times),
  }
}

/** Functions whose answer is the same to the bit, and those that add floats in another order. */
const EXACT = ['count', 'min', 'max', 'first', 'last', 'present', 'absent'].map((name) => `${name}_over_time`)
const ROUNDED = ['sum_over_time', 'avg_over_time', 'rate', 'increase', 'delta']

it('answers from rollups as from samples, whatever the windows and whenever samples come', async () => {
  const back = fc.oneof(
    fc.integer({ min: 0, max: 8 * HOUR }),
    // Ends of buckets, and next to them.
    fc
      .tuple(fc.integer({ min: 0, max: 96 }), fc.constantFrom(-1, 0, 1))
      .map(([buckets, beside]) => Math.max(0, buckets * 5 * MINUTE + beside)),
  )
  const value = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.double({ min: 0, max: 1e6, noNaN: true }))
  const point = fc.tuple(back, value, fc.constantFrom(false, false, false, true))
  const points = fc.uniqueArray(point, { selector: ([at]) => at, minLength: 5, maxLength: 150 })
  const query = fc.record({
    name: fc.constantFrom(...EXACT, ...ROUNDED),
    range: fc.constantFrom('5m', '10m', '1h', '2h', '37m', '4h', '1ms'),
    offset: fc.constantFrom('', ' offset 1h', ' offset 7m', ' offset -10m', ` @ ${(NOW - HOUR) / 1_000}`),
    wrap: fc.constantFrom('', '', 'sum', 'max_over_time'),
    startBack: fc.integer({ min: 0, max: 6 }),
    shift: fc.constantFrom(0, 0, 0, 1, 61_000),
    step: fc.constantFrom(5 * MINUTE, HOUR, 7 * MINUTE, 3 * HOUR),
  })
  let buckets = 0
  await fc.assert(
    fc.asyncProperty(points, fc.array(query, { minLength: 8, maxLength: 8 }), fc.nat(3), async (all, queries, late) => {
      const world = given()
      await world.store(all.filter((_, index) => index % 4 !== late))
      await world.rollUp()
      // Not counted in by the rollups: of a flush that is open, and of one that is closed.
      const rest = all.filter((_, index) => index % 4 === late)
      if (rest.length > 0) await world.store(rest, { closed: late % 2 === 0 })
      for (const { name, range, offset, wrap, startBack, shift, step } of queries) {
        const call = `${name}(c_total[${range}]${offset})`
        const promql = wrap === '' ? call : wrap === 'sum' ? `sum(${call})` : `max_over_time(${call}[3h:5m])`
        const times = { start: NOW - startBack * HOUR + shift, end: NOW + shift, step }
        const [rolled, raw] = [await world.rolled(promql, times), await world.raw(promql, times)]
        expect({ ...rolled, series: [] }, promql).toEqual({ ...raw, series: [] })
        expect(
          rolled.series.map(({ labels, timestamps }) => [labels, timestamps]),
          promql,
        ).toEqual(raw.series.map(({ labels, timestamps }) => [labels, timestamps]))
        for (const [index, { values }] of rolled.series.entries())
          for (const [place, got] of values.entries()) {
            const expected = raw.series[index]?.values[place] ?? Number.NaN
            if (EXACT.includes(name) && wrap !== 'sum') expect(got, promql).toBe(expected)
            else expect(Math.abs(got - expected), promql).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)))
          }
      }
      buckets += world.pieces.filter(({ kind }) => kind === 'buckets').length
    }),
    { numRuns: 20 },
  )
  expect(buckets).toBeGreaterThan(20)
})

/** A counter of 1 a second and 20 s between samples, from two days and a few hours ago on. */
const STEADY = Array.from({ length: 720 }, (_, index): Point => [52 * HOUR - index * 20_000 + 7_000, index * 20])

it('answers from rollups what samples are no longer kept of: exactly where windows allow it, else approximately, and says so', async () => {
  const world = given({ days: 1 })
  await world.store(STEADY)
  await world.rollUp()
  const times = { start: NOW - 51 * HOUR, end: NOW - 49 * HOUR, step: HOUR }
  const exact = await world.raw('sum(rate(c_total[1h]))', times)
  await stores.pool.query(`DELETE FROM metrics.samples USING metrics.series s WHERE s.id = series_id AND org_id = $1`, [
    world.orgId,
  ])
  expect((await world.raw('sum(rate(c_total[1h]))', times)).series).toEqual([])
  expect(await world.rolled('sum(rate(c_total[1h]))', times)).toMatchObject({ warnings: [], infos: [] })
  const near = (await world.rolled('sum(rate(c_total[1h]))', times)).series[0]?.values ?? []
  expect(near).toHaveLength(3)
  for (const [index, value] of near.entries()) expect(value).toBeCloseTo(exact.series[0]?.values[index] ?? 0, 9)

  const beside = { ...times, start: times.start + 61_000, end: times.end + 61_000 }
  for (const [promql, least, most] of [
    ['sum(rate(c_total[1h]))', 1.9, 2.1],
    ['sum(increase(c_total[30m]))', 3_400, 3_800],
    ['count(c_total)', 2, 2],
    ['max(quantile_over_time(1, c_total[10m]))', 1_000, 15_000],
  ] as const) {
    const { series, warnings } = await world.rolled(promql, beside)
    expect(warnings, promql).toEqual([
      expect.stringMatching(
        /^PromQL warning: samples before \S+ are no longer kept; rollups of 5m stand .* \(1:\d+\)$/,
      ),
    ])
    expect(series[0]?.values, promql).toHaveLength(3)
    for (const value of series[0]?.values ?? []) {
      expect(value, promql).toBeGreaterThanOrEqual(least)
      expect(value, promql).toBeLessThanOrEqual(most)
    }
  }
})

it('reads samples where rollups gain nothing: short ranges, other functions, newest samples', async () => {
  const world = given()
  await world.store([[HOUR, 1]])
  await world.rollUp()
  const times = { start: NOW - 5 * HOUR, end: NOW, step: HOUR }
  for (const promql of ['c_total', 'changes(c_total[2h])', 'rate(c_total[2h] smoothed)'])
    await world.rolled(promql, times)
  expect(world.pieces).toEqual([])
  await world.rolled('rate(c_total[2h])', times)
  expect(world.pieces.map(({ kind }) => kind)).toContain('buckets')
})
