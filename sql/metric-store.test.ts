import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import type { MetricSample } from '../schema/ports.js'
import { useStores } from '../test/harness/stores.js'
import { createMetricReader } from './metric-reader.js'
import { createMetricWriter } from './metric-store.js'

const stores = useStores()

const AT = Date.UTC(2026, 0, 10, 12)
let orgs = 0

/** A sample of an org of its own. */
function given() {
  const orgId = `org_${++orgs}`
  const sample = (changes: Partial<MetricSample> = {}): MetricSample => ({
    ...{ orgId, name: 'requests_total', kind: 'counter', labels: { service: 'api' }, ts: AT, value: 1 },
    ...changes,
  })
  const read = async () => {
    const reader = createMetricReader(stores.pool, orgId)
    const all = await reader.select([], { start: AT - 86_400_000, end: AT + 86_400_000 }, null)
    return all.map(({ labels, timestamps, values, stale }) => ({
      labels,
      samples: [...timestamps].map((ts, i) => [(ts - AT) / 1000, values[i], ...(stale?.[i] ? ['stale'] : [])]),
    }))
  }
  return { orgId, sample, read, writer: createMetricWriter(stores.pool) }
}

test('a staleness marker comes back as one, apart from an ordinary NaN', async () => {
  const { sample, read, writer } = given()
  await writer.insert(1n, [
    sample({ value: Number.NaN }),
    sample({ ts: AT + 1000, value: 5, stale: true }),
    sample({ ts: AT + 2000, value: Number.POSITIVE_INFINITY, stale: false }),
  ])
  expect(await read()).toEqual([
    {
      labels: { __name__: 'requests_total', service: 'api' },
      samples: [
        [0, Number.NaN],
        [1, Number.NaN, 'stale'],
        [2, Number.POSITIVE_INFINITY],
      ],
    },
  ])
})

test('the first sample of a time stays, in one flush, in a repeated one and in a later one', async () => {
  const { sample, read, writer } = given()
  const flush = [sample(), sample({ value: 2 }), sample({ ts: AT - 1, value: 0 })]
  await writer.insert(1n, flush)
  await writer.insert(1n, flush)
  await createMetricWriter(stores.pool).insert(2n, [sample({ value: 3, stale: true }), sample({ ts: AT + 1 })])
  expect(await read()).toEqual([
    {
      labels: { __name__: 'requests_total', service: 'api' },
      samples: [
        [-0.001, 0],
        [0, 1],
        [0.001, 1],
      ],
    },
  ])
})

test('a series is what a sender that knows says, whoever came first', async () => {
  const { orgId, sample, writer } = given()
  const kinds = async () => {
    const { rows } = await stores.pool.query<{ kind: string }>('SELECT kind FROM metrics.series WHERE org_id = $1', [
      orgId,
    ])
    return rows.map(({ kind }) => kind)
  }
  await writer.insert(1n, [sample({ kind: 'gauge' })])
  expect(await kinds()).toEqual(['gauge'])
  await writer.insert(2n, [sample({ ts: AT + 1, kind: 'gauge' }), sample({ ts: AT + 2 })])
  expect(await kinds()).toEqual(['counter'])
  await createMetricWriter(stores.pool).insert(3n, [sample({ ts: AT + 3, kind: 'gauge' })])
  expect(await kinds()).toEqual(['counter'])
})

test('samples of any time are stored, those far from now without a partition of their own', async () => {
  const { sample, writer } = given()
  const now = Date.now()
  const times = [now, now - 29 * 86_400_000, now - 400 * 86_400_000, now + 40 * 86_400_000, 9_100_000_000_000]
  await writer.insert(
    1n,
    times.map((ts, i) => sample({ name: 'far', ts, value: i })),
  )
  const { rows } = await stores.pool.query<{ part: string; value: number }>(
    `SELECT tableoid::regclass::text AS part, value FROM metrics.samples
     WHERE series_id = (SELECT id FROM metrics.series WHERE name = 'far') ORDER BY value`,
  )
  const partition = (ts: number) => `metrics.samples_${new Date(ts).toISOString().slice(0, 10).replaceAll('-', '')}`
  expect(rows.map(({ part }) => part)).toEqual([
    ...times.slice(0, 2).map(partition),
    ...times.slice(2).map(() => 'metrics.samples_rest'),
  ])
})

test('of many writers of the same samples at once, all come to an end and each sample is stored once', async () => {
  const { sample, read, writer } = given()
  const flush = Array.from({ length: 600 }, (_, i) =>
    sample({ labels: { service: `s${i % 20}` }, ts: AT + i, value: i }),
  )
  const writers = [writer, createMetricWriter(stores.pool), createMetricWriter(stores.pool)]
  await Promise.all(
    Array.from({ length: 12 }, (_, i) => {
      const part = flush.slice(i * 20, 400 + i * 20)
      return writers[i % 3]?.insert(BigInt(i + 1), i % 2 === 0 ? part : part.toReversed())
    }),
  )
  const stored = (await read()).flatMap(({ samples }) => samples.map(([, value]) => value))
  expect(stored.sort((a, b) => Number(a) - Number(b))).toEqual(flush.map(({ value }) => value).slice(0, 620))
})

test('a label is the same in any order, and no text passes for another’s separator', async () => {
  const { sample, read, writer } = given()
  await writer.insert(1n, [
    sample({ labels: { a: '1', b: '2' } }),
    sample({ labels: { b: '2', a: '1' }, ts: AT + 1000, value: 2 }),
    sample({ labels: { a: '1 1 1 b2' }, value: 3 }),
  ])
  const found = new Map((await read()).map(({ labels, samples }) => [labels.b, samples.length]))
  expect(Object.fromEntries(found)).toEqual({ 2: 2, undefined: 1 })
})

test('what PostgreSQL cannot hold is refused for good', async () => {
  const { sample, writer } = given()
  const tooLong = randomBytes(6_000).toString('hex')
  for (const bad of [sample({ labels: { a: 'x\0y' } }), sample({ name: 'x\0y' }), sample({ name: tooLong })])
    await expect(writer.insert(1n, [sample(), bad])).rejects.toMatchObject({ name: 'StoreError', kind: 'query' })
})
