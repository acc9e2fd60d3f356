import snappy from 'snappyjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { WRITE_REQUEST, WRITE_REQUEST_V2 } from '../../ingest/remote-write/messages.js'
import { createMetricReader } from '../../sql/metric-reader.js'
import { BEARER_SECRET, type IngestPipeline, openIngestPipeline } from './ingest-pipeline.js'

let pipeline: IngestPipeline

beforeAll(async () => {
  pipeline = await openIngestPipeline()
})
afterAll(() => pipeline.close())

const T = Math.floor(Date.now() / 1_000) * 1_000
const STALE = { low: 2, high: 0x7ff00000, unsigned: true }

/** The bits of a double. */
function bits(value: number) {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  return { low: view.getUint32(4), high: view.getUint32(0), unsigned: true }
}

async function write(version: 1 | 2, message: object): Promise<number> {
  const type = version === 1 ? WRITE_REQUEST : WRITE_REQUEST_V2
  const answer = await fetch(`${pipeline.url}/api/v1/write`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${BEARER_SECRET}`,
      'content-encoding': 'snappy',
      'content-type': `application/x-protobuf;proto=${version === 1 ? 'prometheus.WriteRequest' : 'io.prometheus.write.v2.Request'}`,
    },
    body: Uint8Array.from(snappy.compress(type.encode(type.fromObject(message)).finish())),
  })
  return answer.status
}

const at = (second: number, value: number) => ({ timestamp: T + second * 1_000, value: bits(value) })

test('samples out of order, twice and stale are stored once each, as they are', async () => {
  const labels = [
    { name: '__name__', value: 'rw_up' },
    { name: 'job', value: 'a' },
  ]
  const send = (...samples: object[]) => write(1, { timeseries: [{ labels, samples }] })
  expect(await send(at(3, 3), at(1, 1))).toBe(204)
  expect(await send(at(2, 2), at(3, 3))).toBe(204)
  expect(await send({ timestamp: T + 4_000, value: STALE }, at(5, Number.NaN), at(6, Infinity))).toBe(204)
  expect(await send({ timestamp: T + 4_000, value: STALE })).toBe(204)
  await pipeline.settled()
  const stored = (await pipeline.samples()).filter(({ name }) => name === 'rw_up')
  expect(stored.map(({ ms, value, stale }) => [(ms - T) / 1_000, value, stale])).toEqual([
    [1, 1, false],
    [2, 2, false],
    [3, 3, false],
    [4, Number.NaN, true],
    [5, Number.NaN, false],
    [6, Infinity, false],
  ])
  const reader = createMetricReader(pipeline.database.pool, 'org_1')
  const [series] = await reader.select(
    [{ name: '__name__', op: '=', value: 'rw_up' }],
    { start: T, end: T + 9_000 },
    null,
  )
  expect([...(series?.stale ?? [])]).toEqual([0, 0, 0, 1, 0, 0])
})

test('2.0 tells types, and its series are those of 1.0', async () => {
  const symbols = ['', '__name__', 'rw_requests', 'code', '500']
  const timeseries = [{ labelsRefs: [1, 2, 3, 4], samples: [at(1, 1), at(2, 2)], metadata: { type: 1 } }]
  expect(await write(2, { symbols, timeseries })).toBe(204)
  const labels = [
    { name: '__name__', value: 'rw_requests' },
    { name: 'code', value: '500' },
  ]
  expect(await write(1, { timeseries: [{ labels, samples: [at(2, 2), at(3, 3)] }] })).toBe(204)
  await pipeline.settled()
  expect((await pipeline.samples()).filter(({ name }) => name === 'rw_requests').map(({ value }) => value)).toEqual([
    1, 2, 3,
  ])
  const { rows } = await pipeline.database.pool.query("SELECT kind FROM metrics.series WHERE name = 'rw_requests'")
  expect(rows).toEqual([{ kind: 'counter' }])
})
