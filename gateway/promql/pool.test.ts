import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { packageRoot } from '../../package-root.js'
import { PromqlError } from '../../query/promql/index.js'
import { QUERY_BOUNDS, QueryBoundError, QueryCancelledError } from '../../schema/domain/query-bounds.js'
import { createQueryTurns } from '../query-turns.js'
import { packSeries } from './packed-series.js'
import { createEvaluationPool, type EvaluationPool } from './pool.js'
import { createPromqlQueries } from './queries.js'
import { selectionKey } from './selection-key.js'
import type { EvaluationTask } from './task.js'

const folder = mkdtempSync(join(tmpdir(), 'tocsin-promql-'))
const file = join(folder, 'gateway/promql/worker.js')
const quiet = { debug() {}, info() {}, warn() {}, error() {}, child: () => quiet }

beforeAll(() => {
  // Threads run compiled code only: this worker is compiled as the build would.
  const root = packageRoot()
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const config = {
    extends: join(root, 'tsconfig.json'),
    compilerOptions: { outDir: folder, rootDir: root, typeRoots: [join(root, 'node_modules/@types')] },
    files: [join(root, 'gateway/promql/worker.ts')],
    include: [],
  }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], { stdio: 'pipe' })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function opened(workers = 1): EvaluationPool {
  const pool = createEvaluationPool({ workers, file, log: quiet })
  onTestFinished(() => pool.close())
  return pool
}

function task(promql: string, overrides: Partial<EvaluationTask> = {}): EvaluationTask {
  const times = { start: 1_000_000, end: 1_000_000, step: 0 }
  return { promql, times, selections: [], form: 'json', points: 1_000_000, limit: null, ...overrides }
}

/** Hours of work: half a million values sorted at each of 10,000 instants, within the engine's own bounds. */
const HEAVY = 'quantile_over_time(0.5, vector(time())[6d:1s])'
const HEAVY_TIMES = { start: 40_000_000_000, end: 41_000_000_000, step: 100_000 }
const heavy = () => task(HEAVY, { times: HEAVY_TIMES })
const never = new AbortController().signal

async function text(pool: EvaluationPool, promql: string, orgId = 'org_1'): Promise<string> {
  const evaluated = await pool.run(orgId, task(promql), never)
  return evaluated.form === 'json' ? Buffer.from(evaluated.data).toString() : ''
}

it('evaluates in a thread, and hands columns over', async () => {
  const series = packSeries([
    { labels: { __name__: 'x' }, timestamps: Float64Array.of(900_000), values: Float64Array.of(4) },
  ])
  const matchers = [{ name: '__name__', op: '=', value: 'x' }] as const
  const key = selectionKey(matchers, { start: 700_000, end: 1_000_000 })
  const evaluated = await opened().run(
    'org_1',
    task('x * 2', { selections: [{ key, series }], form: 'columns' }),
    never,
  )
  expect(evaluated).toMatchObject({ form: 'columns', result: { kind: 'vector', samples: [{ labels: {}, value: 8 }] } })
})

it("gives the query's own errors in their class", async () => {
  const error = await text(opened(), 'label_replace(vector(1), "é\\xff", "", "", "(")').catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(PromqlError)
  expect(error).toMatchObject({ line: 1 })
})

it('refuses an answer of more values than may be', async () => {
  const times = { start: 0, end: 10_000, step: 1_000 }
  await expect(opened().run('org_1', task('vector(1)', { times, points: 10 }), never)).rejects.toMatchObject({
    bound: 'points',
  })
})

it('ends a query whose caller left, and goes on with the next', async () => {
  const pool = opened()
  const caller = new AbortController()
  const left = pool.run('org_1', heavy(), caller.signal)
  const waits = text(pool, '1')
  caller.abort(new QueryCancelledError())
  await expect(left).rejects.toBeInstanceOf(QueryCancelledError)
  expect(await waits).toBe('{"resultType":"scalar","result":[1000,"1"]}')
})

it('takes a query out of the queue whose caller left', async () => {
  const pool = opened()
  const [first, second] = [new AbortController(), new AbortController()]
  const runs = pool.run('org_1', heavy(), first.signal)
  const waits = pool.run('org_1', heavy(), second.signal)
  second.abort(new QueryCancelledError())
  await expect(waits).rejects.toBeInstanceOf(QueryCancelledError)
  first.abort(new QueryCancelledError())
  await expect(runs).rejects.toBeInstanceOf(QueryCancelledError)
})

it('ends a query that takes too long, while the thread of requests is free', async () => {
  const turns = createQueryTurns({ of: async () => ({ ...QUERY_BOUNDS, timeMs: 150, atOnce: 2 }) })
  const metrics = { forOrg: () => ({ select: async () => [] }) }
  const queries = createPromqlQueries({ pool: opened(), metrics, turns, memory: null, rollups: null })
  const beats: number[] = []
  const beat = setInterval(() => beats.push(performance.now()), 10)
  onTestFinished(() => clearInterval(beat))
  const ask = { promql: HEAVY, times: HEAVY_TIMES, form: 'json', limit: null, signal: never, timeoutMs: null } as const
  const [one, other, third] = await Promise.allSettled([1, 2, 3].map(() => queries.ask('org_1', ask)))
  for (const late of [one, other]) expect(late).toMatchObject({ status: 'rejected', reason: { bound: 'time' } })
  expect(third).toMatchObject({ status: 'rejected', reason: { bound: 'queries' } })
  expect(beats.length).toBeGreaterThan(5)
  expect((third as PromiseRejectedResult).reason).toBeInstanceOf(QueryBoundError)
})

it('lets orgs take turns', async () => {
  const pool = opened(2)
  const callers = [new AbortController(), new AbortController()]
  const busy = callers.map(({ signal }) => pool.run('org_busy', heavy(), signal))
  const order: string[] = []
  const queued = ['org_busy', 'org_busy', 'org_calm'].map(async (orgId) => {
    await text(pool, '1', orgId)
    order.push(orgId)
  })
  callers[0]?.abort(new QueryCancelledError())
  await expect(busy[0]).rejects.toBeInstanceOf(QueryCancelledError)
  await Promise.all(queued)
  expect(order).toEqual(['org_calm', 'org_busy', 'org_busy'])
  callers[1]?.abort(new QueryCancelledError())
  await expect(busy[1]).rejects.toBeInstanceOf(QueryCancelledError)
})

it('cancels what runs and what waits when it closes', async () => {
  const pool = opened()
  const outcomes = Promise.allSettled([heavy(), heavy()].map((one) => pool.run('org_1', one, never)))
  await pool.close()
  for (const outcome of await outcomes) expect(outcome).toMatchObject({ reason: { name: 'QueryCancelledError' } })
  await expect(text(pool, '1')).rejects.toBeInstanceOf(QueryCancelledError)
})
