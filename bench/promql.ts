import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openDataDir } from '../embedded/data-dir.js'
import { startEmbeddedPostgres } from '../embedded/postgres.js'
import { createEvaluationPool, type EvaluationPool } from '../gateway/promql/pool.js'
import type { PromqlQueries } from '../gateway/promql/queries.js'
import { packageRoot } from '../package-root.js'
import type { MetricSample } from '../schema/ports/telemetry.js'
import { createMetricReader } from '../sql/metric-reader.js'
import { createMetricWriter } from '../sql/metric-store.js'
import { migratePostgres } from '../sql/migrate-postgres.js'
import { type Benchmark, type Figure, quantile } from './harness.js'
import { benchQueries, LONG_RANGE_MS, LONG_SERIES, storeLongRange } from './promql-long.js'

const ORG = 'org_bench'
const SERIES = 1_000
const SERVICES = 20
const STEP_MS = 15_000
const HOUR_MS = 3_600_000
const WINDOW_MS = 300_000
/** Samples of a series: the hour and the window before it. */
const SAMPLES = (HOUR_MS + WINDOW_MS) / STEP_MS + 1
const RUNS = 20
const EXPRESSION = 'sum by (service) (rate(x[5m]))'

const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }

/** A range query as a dashboard asks it, against one SQL statement that does about the same inside PostgreSQL. */
export const promql: Benchmark = {
  name: 'promql',
  about: `${EXPRESSION} over ${SERIES} series, an hour at 15 s, to the bytes of its answer, against rates in one SQL statement; again from memory; 29 days over rollups`,
  async run(tell) {
    const scratch = mkdtempSync(join(tmpdir(), 'tocsin-bench-'))
    const dataDir = openDataDir(join(scratch, 'data'))
    const postgres = await startEmbeddedPostgres({ dataDir })
    const pool = new pg.Pool({ connectionString: postgres.url, max: 4 })
    const file = join(packageRoot(), 'dist', 'gateway', 'promql', 'worker.js')
    const evaluation = createEvaluationPool({ workers: 1, file, log: quiet })
    try {
      await migratePostgres(postgres.url, 'metrics')
      const end = Math.floor(Date.now() / STEP_MS) * STEP_MS
      tell(`storing ${SERIES * SAMPLES} samples`)
      await store(pool, end)
      const reader = createMetricReader(pool, ORG)
      const queries = benchQueries(pool, evaluation, null)
      tell(`asking ${RUNS} times`)
      const [first = 0, ...warm] = await timed(RUNS + 1, () => ask(queries, end))
      const read = await timed(RUNS, () => reader.select([{ name: '__name__', op: '=', value: 'x' }], hour(end), null))
      const straight = await timed(3, () => pool.query(BASELINE, [...Object.values(hour(end)), STEP_MS, WINDOW_MS]))
      const remembering = benchQueries(pool, evaluation, 'memory')
      const again = await timed(RUNS + 1, () => ask(remembering, end))
      const long = await longRange(pool, evaluation, tell)
      return [...figures(first, warm, read, straight.slice(1), again.slice(1)), ...long]
    } finally {
      await evaluation.close()
      await pool.end()
      await postgres.stop()
      dataDir.release()
      rmSync(scratch, { recursive: true, force: true })
    }
  },
}

/** Per series and step the largest less the smallest value of the window: no resets, no extrapolation, no staleness. */
const BASELINE = `
SELECT service, step, sum(increase) / ($4::float8 / 1000) FROM (
  SELECT s.id, s.labels ->> 'service' AS service, step, max(x.value) - min(x.value) AS increase
  FROM generate_series(to_timestamp($1::float8 / 1000), to_timestamp($2::float8 / 1000), make_interval(secs => $3::float8 / 1000)) AS step
  JOIN metrics.series AS s ON s.name = 'x'
  JOIN metrics.samples AS x ON x.series_id = s.id AND x.ts > step - make_interval(secs => $4::float8 / 1000) AND x.ts <= step
  GROUP BY s.id, step
) AS one GROUP BY service, step`

async function store(pool: pg.Pool, end: number): Promise<void> {
  const writer = createMetricWriter(pool)
  for (let series = 0; series < SERIES; series += 100) {
    const samples: MetricSample[] = []
    for (let one = series; one < series + 100; one++) {
      const labels = { service: `service-${one % SERVICES}`, instance: `10.0.0.${one}:80` }
      for (let index = 0; index < SAMPLES; index++) {
        const ts = end - (SAMPLES - 1 - index) * STEP_MS
        samples.push({ orgId: ORG, name: 'x', kind: 'counter', labels, ts, value: index * (1 + (one % 7)) })
      }
    }
    await writer.insert(BigInt(series + 1), samples)
  }
  await pool.query('ANALYZE')
}

function hour(end: number): { readonly start: number; readonly end: number } {
  return { start: end - HOUR_MS, end }
}

async function ask(
  queries: PromqlQueries,
  end: number,
  promql = EXPRESSION,
  times = { ...hour(end), step: STEP_MS },
  expected = SERVICES,
): Promise<void> {
  const evaluated = await queries.ask(ORG, {
    ...{ promql, times, form: 'json', limit: null, timeoutMs: null },
    signal: new AbortController().signal,
  })
  const series = evaluated.form === 'json' ? Buffer.from(evaluated.data).toString().split('"metric"').length - 1 : 0
  if (series !== expected) throw new Error(`The answer has ${series} series instead of ${expected}.`)
}

async function timed(runs: number, run: () => Promise<unknown>): Promise<number[]> {
  const took: number[] = []
  for (let i = 0; i < runs; i++) {
    const before = performance.now()
    await run()
    took.push(performance.now() - before)
  }
  return took
}

/** The same over rollups and over samples: 29 days at a step of an hour. */
async function longRange(pool: pg.Pool, evaluation: EvaluationPool, tell: (line: string) => void): Promise<Figure[]> {
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS
  tell(`storing ${LONG_SERIES} series of 29 days and their rollups`)
  await storeLongRange(pool, ORG, end)
  const times = { start: end - LONG_RANGE_MS + HOUR_MS, end, step: HOUR_MS }
  const took = async (use: 'rollups' | null, runs: number) => {
    const queries = benchQueries(pool, evaluation, use)
    return quantile(await timed(runs, () => ask(queries, end, 'sum by (service) (rate(y[1h]))', times, 4)), 0.5)
  }
  const [rollups, samples] = [await took('rollups', 7), await took(null, 3)]
  return [
    { name: '29 days of 20 series over rollups, median', value: rollups, unit: 'ms' },
    { name: 'baseline: the same over samples', value: samples, unit: 'ms' },
    { name: 'ratio to that baseline', value: samples / rollups, unit: '', aim: { atLeast: 5 } },
  ]
}

function figures(first: number, warm: number[], read: number[], straight: number[], again: number[]): Figure[] {
  return [
    { name: 'range query, warm, median', value: quantile(warm, 0.5), unit: 'ms', aim: { atMost: 400 } },
    { name: 'range query, warm, slowest', value: quantile(warm, 1), unit: 'ms' },
    { name: 'range query, the first', value: first, unit: 'ms' },
    { name: 'range query asked again, from memory, median', value: quantile(again, 0.5), unit: 'ms' },
    { name: 'of it: reading the samples', value: quantile(read, 0.5), unit: 'ms' },
    { name: 'baseline: one SQL statement', value: quantile(straight, 0.5), unit: 'ms' },
    { name: 'ratio to the baseline', value: quantile(straight, 0.5) / quantile(warm, 0.5), unit: '' },
  ]
}
