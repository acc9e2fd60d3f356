import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { flush, HOUR, line } from '../../test/conformance/flush-subject.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { useStores } from '../../test/harness/stores.js'
import {
  BATCHES_KEPT_MS,
  createPostgresFlushManifests,
  LEAST_KEPT_MS,
  type PostgresFlushManifests,
} from './flush-manifests.js'

const stores = useStores()
let manifests: PostgresFlushManifests
beforeEach(() => {
  manifests = createPostgresFlushManifests({ connectionString: stores.url, log: quietLog(), connections: 8 })
})
afterEach(async () => {
  await manifests.end()
  await stores.pool.query('TRUNCATE engine.flush, engine.usage_hour CASCADE')
})

it('lists what is open in the order of ids, also where they grow longer', async () => {
  await stores.pool.query("SELECT setval('engine.flush_id', 99997)")
  const ids: bigint[] = []
  for (let i = 0; i < 6; i++) ids.push(await manifests.open(flush()))
  expect(ids[0]?.toString().length).toBeLessThan(ids[5]?.toString().length ?? 0)
  expect((await manifests.snapshot()).except).toEqual(ids)
})

describe('usage', () => {
  async function usage() {
    const { rows } = await stores.pool.query<{ org_id: string; meter: string; hour: Date; quantity: string }>(
      'SELECT * FROM engine.usage_hour ORDER BY org_id, meter, hour',
    )
    return rows.map((row) => [row.org_id, row.meter, row.hour.getTime() - HOUR, Number(row.quantity)])
  }

  it.each([
    [
      'logs',
      [
        ['org', 'LOG_BYTES', 0, 1000],
        ['org', 'LOG_RECORDS', 0, 10],
      ],
    ],
    ['metrics', [['org', 'METRIC_SAMPLES', 0, 10]]],
    [
      'spans',
      [
        ['org', 'SPANS', 0, 10],
        ['org', 'SPAN_BYTES', 0, 1000],
      ],
    ],
    ['rum', [['org', 'RUM_EVENTS', 0, 10]]],
  ] as const)('counts %s by their meters', async (signal, expected) => {
    await manifests.close(await manifests.open(flush({ signal })))
    expect(await usage()).toEqual(expected)
  })

  it('counts nothing before the close, nor for an abandoned flush, and once for a flush closed often', async () => {
    const id = await manifests.open(flush({ signal: 'rum' }))
    await manifests.abandon(await manifests.open(flush({ signal: 'rum' })))
    expect(await usage()).toEqual([])
    await Promise.all(Array.from({ length: 8 }, () => manifests.close(id)))
    expect(await usage()).toEqual([['org', 'RUM_EVENTS', 0, 10]])
  })

  it('adds up flushes that close at once, by org and hour of acceptance, without waiting in a circle', async () => {
    const hours = [HOUR, HOUR + 3_600_000]
    const ids: bigint[] = []
    for (let i = 0; i < 40; i++) {
      const lines = ['a', 'b', 'c'].flatMap((orgId) =>
        hours.map((acceptedHour) => line({ orgId, acceptedHour, rows: i })),
      )
      ids.push(await manifests.open(flush({ lines: i % 2 === 0 ? lines : lines.reverse(), signal: 'metrics' })))
    }
    await Promise.all(ids.map((id) => manifests.close(id)))
    const sum = (40 * 39) / 2
    expect(await usage()).toEqual(
      ['a', 'b', 'c'].flatMap((org) => [0, 3_600_000].map((hour) => [org, 'METRIC_SAMPLES', hour, sum])),
    )
  })
})

describe('prune', () => {
  const age = (id: bigint, ms: number) =>
    stores.pool.query(
      `UPDATE engine.flush SET opened_at = opened_at - $2 * interval '1 ms', closed_at = closed_at - $2 * interval '1 ms'
       WHERE id = $1`,
      [id, ms],
    )
  const left = async (table: string) => (await stores.pool.query(`SELECT FROM engine.${table}`)).rowCount

  it('forgets what was closed long ago, with its batches and lines, and lets snapshots stand', async () => {
    const old = await manifests.open(flush())
    const open = await manifests.open(flush())
    const recent = await manifests.open(flush())
    await manifests.close(old)
    await manifests.close(recent)
    const before = await manifests.snapshot()
    await age(old, LEAST_KEPT_MS + 60_000)
    await age(open, LEAST_KEPT_MS)
    await age(recent, LEAST_KEPT_MS - 60_000)
    expect(await manifests.prune(LEAST_KEPT_MS)).toBe(1)
    expect([await left('flush'), await left('flush_batch'), await left('flush_line')]).toEqual([2, 1, 2])
    expect(await manifests.snapshot()).toEqual(before)
    expect(before.except).toEqual([open])
  })

  it('forgets the batches of a closed flush long before its lines', async () => {
    const [old, open, recent] = [
      await manifests.open(flush()),
      await manifests.open(flush()),
      await manifests.open(flush()),
    ]
    for (const id of [old, recent]) await manifests.close(id)
    await age(old, BATCHES_KEPT_MS + 60_000)
    await age(recent, BATCHES_KEPT_MS - 60_000)
    expect(await manifests.prune(LEAST_KEPT_MS)).toBe(0)
    const { rows } = await stores.pool.query('SELECT flush_id FROM engine.flush_batch ORDER BY flush_id')
    expect(rows.map(({ flush_id }) => BigInt(flush_id))).toEqual([open, recent])
    expect([await left('flush'), await left('flush_line')]).toEqual([3, 3])
  })

  it('keeps the last flush, from which a snapshot reads how far ids have come', async () => {
    const last = await manifests.open(flush())
    await manifests.close(last)
    await age(last, 2 * LEAST_KEPT_MS)
    expect(await manifests.prune(LEAST_KEPT_MS)).toBe(0)
    expect(await manifests.snapshot()).toEqual({ upTo: last, except: [] })
  })

  it('refuses to forget what a recorded snapshot may still ask for', async () => {
    await expect(manifests.prune(LEAST_KEPT_MS - 1)).rejects.toThrow('kept for at least 3024000000 ms')
  })
})
