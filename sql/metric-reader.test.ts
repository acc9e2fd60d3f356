import { beforeAll, expect, test } from 'vitest'
import { compileMatchers } from '../query/promql/index.js'
import type { Matcher } from '../schema/domain/matcher.js'
import { QUERY_BOUNDS, type QueryBounds } from '../schema/domain/query-bounds.js'
import type { MetricSample } from '../schema/ports.js'
import { useStores } from '../test/harness/stores.js'
import { createMetricReader, type SelectionBounds } from './metric-reader.js'
import { createMetricWriter } from './metric-store.js'

const stores = useStores()
const AT = Date.UTC(2026, 0, 10, 12)
const RANGE = { start: AT - 1000, end: AT + 100_000 }

const SERIES: readonly { name: string; labels: Record<string, string> }[] = [
  { name: 'up', labels: {} },
  { name: 'up', labels: { job: 'api' } },
  { name: 'up', labels: { job: 'db', env: 'prod' } },
  { name: 'up', labels: { job: 'api', env: 'dev', 'with"quote': "it's %_\\" } },
  { name: 'down', labels: { job: 'api', env: 'prod' } },
  { name: 'down', labels: { job: 'a|b' } },
]

const sample = (change: Partial<MetricSample>): MetricSample => ({
  ...{ orgId: 'org_a', name: 'up', kind: 'gauge', labels: {}, ts: AT, value: 1 },
  ...change,
})

beforeAll(async () => {
  const writer = createMetricWriter(stores.pool)
  await writer.insert(
    1n,
    SERIES.map((series) => sample(series)),
  )
  await writer.insert(2n, [sample({ orgId: 'org_b', labels: { job: 'other' } })])
  const times = [5, 1, 9, 3, 7].map((second) => AT + second * 1000)
  for (const [i, ts] of times.entries())
    await writer.insert(BigInt(10 + i), [sample({ orgId: 'org_c', ts, value: i, stale: i === 3 })])
})

const select = async (matchers: readonly Matcher[]) => {
  const found = await createMetricReader(stores.pool, 'org_a').select(matchers, RANGE, null)
  return found.map(({ labels }) => JSON.stringify(Object.entries(labels).sort())).sort()
}

const matchers: readonly Matcher[] = [
  ...['__name__', 'job', 'env', 'nothing', 'with"quote'].flatMap((name) =>
    ['', 'up', 'api', 'prod', "it's %_\\", 'a|b', 'api|db', 'up|down', 'a.*', '.*', 'u.', 'x'].flatMap((value) =>
      (['=', '!=', '=~', '!~'] as const).map((op): Matcher => ({ name, op, value })),
    ),
  ),
].filter(({ op, value }) => !op.includes('~') || !value.includes('\\'))

test('what the database narrows by is what the matchers say', async () => {
  for (const matcher of matchers) {
    const meets = compileMatchers([matcher])
    const expected = SERIES.map(({ name, labels }) => ({ ...labels, __name__: name })).filter(meets)
    const found = await select([matcher])
    expect(found, JSON.stringify(matcher)).toEqual(
      expected.map((labels) => JSON.stringify(Object.entries(labels).sort())).sort(),
    )
  }
  expect(
    await select([
      { name: '__name__', op: '=', value: 'up' },
      { name: 'job', op: '=~', value: 'api|db' },
      { name: 'env', op: '!=', value: 'dev' },
    ]),
  ).toHaveLength(2)
})

test('samples stored out of order come in order, and as a snapshot of flushes sees them', async () => {
  const reader = createMetricReader(stores.pool, 'org_c')
  const read = async (snapshot: { upTo: bigint; except: bigint[] } | null, range = RANGE) =>
    (await reader.select([], range, snapshot)).map(({ timestamps, values, stale }) =>
      [...timestamps].map((ts, i) => [(ts - AT) / 1000, stale?.[i] ? 'stale' : values[i]]),
    )
  expect(await read(null)).toEqual([
    [
      [1, 1],
      [3, 'stale'],
      [5, 0],
      [7, 4],
      [9, 2],
    ],
  ])
  expect(await read({ upTo: 13n, except: [10n, 12n] })).toEqual([
    [
      [1, 1],
      [3, 'stale'],
    ],
  ])
  expect(await read({ upTo: 9n, except: [] })).toEqual([])
  expect(await read(null, { start: AT + 3001, end: AT + 7000 })).toEqual([
    [
      [5, 0],
      [7, 4],
    ],
  ])
})

test('a selection of too much is refused as the query’s fault', async () => {
  const reader = (bounds: Partial<SelectionBounds>) =>
    createMetricReader(stores.pool, 'org_a', { series: 100, samples: 100, ...bounds }).select([], RANGE, null)
  expect(await reader({ series: SERIES.length, samples: SERIES.length })).toHaveLength(SERIES.length)
  await expect(reader({ series: SERIES.length - 1 })).rejects.toMatchObject({
    kind: 'query',
    message: 'The selector meets more than 5 series; expected one that names fewer.',
  })
  await expect(reader({ samples: SERIES.length - 1 })).rejects.toMatchObject({
    kind: 'query',
    message: expect.stringContaining('more than 5 samples'),
  })
})

test('a question with bounds of its own is refused by them', async () => {
  const ask = (bounds: Partial<QueryBounds>) =>
    createMetricReader(stores.pool, 'org_a').select([], RANGE, null, { bounds: { ...QUERY_BOUNDS, ...bounds } })
  expect(await ask({ series: SERIES.length, samples: SERIES.length })).toHaveLength(SERIES.length)
  await expect(ask({ series: SERIES.length - 1 })).rejects.toMatchObject({ bound: 'series' })
  await expect(ask({ samples: SERIES.length - 1 })).rejects.toMatchObject({ bound: 'samples' })
})
