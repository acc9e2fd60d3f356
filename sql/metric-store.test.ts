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
