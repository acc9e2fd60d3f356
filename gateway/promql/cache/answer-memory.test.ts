import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import { createPostgresFlushManifests, type PostgresFlushManifests } from '../../../queue/postgres/flush-manifests.js'
import { QUERY_BOUNDS } from '../../../schema/domain/query-bounds.js'
import { sliceOf } from '../../../schema/domain/slice.js'
import type { MetricSample } from '../../../schema/ports/telemetry.js'
import { createMetricReader } from '../../../sql/metric-reader.js'
import { createMetricWriter } from '../../../sql/metric-store.js'
import { quietLog } from '../../../test/conformance/quiet-log.js'
import { useStores } from '../../../test/harness/stores.js'
import { createQueryTurns } from '../../query-turns.js'
import { createEvaluationPool } from '../pool.js'
import { createPromqlQueries } from '../queries.js'
import { createAnswerMemory } from './answer-memory.js'

const stores = useStores()
const AT = Date.UTC(2026, 0, 10, 12)
const MINUTE = 60_000

let flushes: PostgresFlushManifests
beforeAll(() => {
  flushes = createPostgresFlushManifests({ connectionString: stores.url, log: quietLog() })
  return () => flushes.end()
})

let orgs = 0
/** An org with its samples, asked through a memory and without one. The queue's clock stands at `AT`, unless it is moved. */
function given({ maxBytes = 1e6 } = {}) {
  const orgId = `org_${++orgs}`
  const clock = { ms: AT }
  let waiting: number | null = null
  const writer = createMetricWriter(stores.pool)
  const memory = createAnswerMemory({
    ...{ maxBytes, flushes, graceMs: 3_000, clock: { now: () => clock.ms } },
    watermarks: async () => ({
      now: clock.ms,
      oldest: waiting === null ? [] : [{ orgId, signal: 'metrics', acceptedAt: waiting }],
    }),
  })
  const pool = createEvaluationPool({ workers: 0, file: '', log: quietLog() })
  const reads: number[] = []
  const metrics = {
    forOrg: (id: string) => {
      const reader = createMetricReader(stores.pool, id)
      return {
        select: async (...asked: Parameters<typeof reader.select>) => {
          reads.push(asked[1].end - asked[1].start)
          return reader.select(...asked)
        },
      }
    },
  }
  const turns = createQueryTurns({ of: async () => QUERY_BOUNDS })
  const [remembering, plain] = [memory, null].map((one) =>
    createPromqlQueries({ pool, metrics, turns, memory: one, rollups: null }),
  )
  const ask = async (queries: typeof plain, promql: string, [start, end, step]: readonly [number, number, number]) => {
    const signal = new AbortController().signal
    const times = { start: AT + start, end: AT + end, step }
    const evaluated = await queries?.ask(orgId, { promql, times, form: 'json', limit: null, signal, timeoutMs: null })
    if (evaluated?.form !== 'json') throw new Error('Text was asked for.')
    return [JSON.parse(Buffer.from(evaluated.data).toString()), evaluated.warnings, evaluated.infos]
  }
  return {
    orgId,
    clock,
    memory,
    reads,
    wait: (acceptedAt: number | null) => {
      waiting = acceptedAt
    },
    open: async (samples: readonly (readonly [name: string, offset: number, value: number])[]) => {
      const all = samples.map(
        ([name, offset, value]): MetricSample => ({
          ...{ orgId, name, kind: 'gauge', labels: { pod: 'a' }, ts: AT + offset, value },
        }),
      )
      const slices = [...new Set(all.map(({ ts }) => sliceOf(ts)))].sort((a, b) => a - b)
      const flushId = await flushes.open({
        ...{ signal: 'metrics', owner: 'test', leaseMs: 600_000, batchIds: [crypto.randomUUID()] },
        terms: { days: {}, policies: {} },
        lines: [
          {
            ...{ orgId, acceptedHour: AT, slices, rows: all.length, bytes: 1 },
            ...{ firstSlice: slices[0] ?? 0, lastSlice: slices.at(-1) ?? 0 },
          },
        ],
      })
      return { flushId, store: () => writer.insert(flushId, all) }
    },
    cached: (promql: string, times: readonly [number, number, number]) => ask(remembering, promql, times),
    uncached: (promql: string, times: readonly [number, number, number]) => ask(plain, promql, times),
  }
}

async function flush({ open }: ReturnType<typeof given>, samples: Parameters<ReturnType<typeof given>['open']>[0]) {
  const { flushId, store } = await open(samples)
  await store()
  await flushes.close(flushId)
}

const EXPRESSIONS = [
  'x',
  'sum(x) + y',
  'max_over_time(x[3m])',
  'rate(x[2m])',
  'count_over_time(x[7m] offset -1m)',
  'avg_over_time(sum(x)[5m:30s])',
  'x offset 2m',
  'absent(y)',
  'x @ end()',
  'time()',
  'x > 3 or y',
] as const

type Act =
  | { act: 'ask'; start: number; steps: number }
  | { act: 'flush'; samples: (readonly [string, number, number])[] }
  | { act: 'open'; samples: (readonly [string, number, number])[] }
  | { act: 'store' }
  | { act: 'close' }
  | { act: 'tick' }

it('answers as an evaluation does, whatever is stored, late or half stored, in between', async () => {
  const sample = fc.tuple(fc.constantFrom('x', 'y'), fc.integer({ min: -900, max: 60 }), fc.integer({ min: 0, max: 9 }))
  const samples = fc
    .array(sample, { minLength: 1, maxLength: 8 })
    .map((all) => all.map(([name, second, value]) => [name, second * 1_000, value] as const))
  const act: fc.Arbitrary<Act> = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        act: fc.constant('ask' as const),
        start: fc.constantFrom(-900_000, -600_000, -595_000, -300_000, -120_000),
        steps: fc.integer({ min: 0, max: 130 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('flush' as const), samples }) },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('open' as const), samples }) },
    { weight: 1, arbitrary: fc.constant({ act: 'store' as const }) },
    { weight: 1, arbitrary: fc.constant({ act: 'close' as const }) },
    { weight: 1, arbitrary: fc.constant({ act: 'tick' as const }) },
  )
  let hits = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(act, { minLength: 4, maxLength: 30 }),
      fc.constantFrom(4_000, 1e6),
      fc.record({ promql: fc.constantFrom(...EXPRESSIONS), step: fc.constantFrom(5_000, 15_000, 7_001) }),
      async (acts, maxBytes, asked) => {
        const world = given({ maxBytes })
        const opened: Awaited<ReturnType<typeof world.open>>[] = []
        for (const one of acts) {
          if (one.act === 'tick') world.clock.ms += 15_000
          else if (one.act === 'flush') await flush(world, one.samples)
          else if (one.act === 'open') opened.push(await world.open(one.samples))
          else if (one.act === 'store') await opened[0]?.store()
          else if (one.act === 'close') {
            const first = opened.shift()
            await first?.store()
            if (first !== undefined) await flushes.close(first.flushId)
          } else {
            const times = [one.start, one.start + one.steps * asked.step, asked.step] as const
            const [cached, uncached] = [
              await world.cached(asked.promql, times),
              await world.uncached(asked.promql, times),
            ]
            expect(cached.slice(0, 2)).toEqual(uncached.slice(0, 2))
            // What a block has to say of the query is said for all of it.
            expect(cached[2]).toEqual(expect.arrayContaining(uncached[2]))
          }
        }
        for (const { flushId } of opened) await flushes.close(flushId)
        expect(world.memory.figures().bytes).toBeLessThanOrEqual(maxBytes)
        hits += world.memory.figures().hits
      },
    ),
    { numRuns: 40 },
  )
  expect(hits).toBeGreaterThan(100)
})

it('evaluates of a dashboard that is asked again only what is new', async () => {
  const world = given()
  await flush(
    world,
    [-3_000, -1_500, -600, -30].map((second) => ['x', second * 1_000, second] as const),
  )
  const STEP = 15_000
  const hour = (at: number) => [at - 60 * MINUTE, at, STEP] as const
  expect(await world.cached('x', hour(0))).toEqual(await world.uncached('x', hour(0)))
  for (const refresh of [1, 2, 3]) {
    world.clock.ms += STEP
    world.reads.length = 0
    await world.cached('x', hour(refresh * STEP))
    // The instant that was ahead of the horizon before, and the one that is now, with the look-back.
    expect(world.reads).toEqual([5 * MINUTE + STEP])
  }
  world.reads.length = 0
  await world.cached('x', [-40 * MINUTE, -20 * MINUTE, STEP])
  expect(world.reads).toEqual([])
})

it('remembers nothing that the queue still holds samples of, and walls orgs and ways to ask apart', async () => {
  const world = given()
  await flush(world, [['x', -60_000, 1]])
  world.wait(AT - 10 * MINUTE)
  await world.cached('x', [-5 * MINUTE, 0, 15_000])
  expect(world.memory.figures()).toMatchObject({ blocks: 0, hits: 0 })
  world.wait(null)
  await world.cached('x', [-5 * MINUTE, 0, 15_000])
  for (const times of [
    [-5 * MINUTE, 0, 30_000],
    [-5 * MINUTE + 1, 0, 15_000],
  ] as const)
    await world.cached('x', times)
  await world.memory.recall(
    { orgId: 'org_other', promql: 'x', start: AT - 5 * MINUTE, end: AT, step: 15_000 },
    { back: 0, ahead: 0 },
  )
  expect(world.memory.figures().hits).toBe(0)
})

it('shares one look at the manifest between questions that come together', async () => {
  const world = given()
  await flush(world, [['x', -60_000, 1]])
  const times = [-5 * MINUTE, 0, 15_000] as const
  const answers = await Promise.all(Array.from({ length: 20 }, () => world.cached('x', times)))
  const uncached = await world.uncached('x', times)
  for (const answer of answers) expect(answer).toEqual(uncached)
})
