import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { type FlushSnapshot, sees } from '../schema/domain/horizon.js'
import { QueryCancelledError } from '../schema/domain/query-bounds.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { createLogTailReader } from './log-tail.js'

const T0 = Date.parse('2026-03-01T12:00:00Z')
let clickhouse: EmbeddedClickHouse
const all = { selector: '{}', from: T0, to: T0 + 60_000, beyond: null }
const snapshot = (upTo: bigint, ...except: bigint[]): FlushSnapshot => ({ upTo, except })
const reader = () => createLogTailReader(clickhouse.reader, 'org_a')

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  const rows = Array.from({ length: 12 }, (_, i) => ({
    ...{
      org_id: i === 11 ? 'org_b' : 'org_a',
      ts: new Date(T0 + i * 1_000).toISOString().slice(0, 23).replace('T', ' '),
    },
    // Flushes 1 to 4, three records each, so that time and flush go against each other.
    ...{ service: i % 2 ? 'web' : 'api', level: '', message: `m${i}`, flush_id: 1 + (i % 4) },
    ...{ batch_id: randomUUID(), item: i, accepted_at: '2026-03-01 12:00:00.000', retention_days: 9_999 },
  }))
  const body = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))
  await clickhouse.writer.insertRows({ table: 'logs', format: 'JSONEachRow', body, token: 't' })
})
afterAll(() => clickhouse.close())

const numbers = (page: { records: readonly { record: { message: string } }[] }) =>
  page.records.map(({ record }) => Number(record.message.slice(1)))

describe('createLogTailReader', () => {
  it.each([
    ['all', snapshot(0n), snapshot(4n)],
    ['the newest flush', snapshot(3n), snapshot(4n)],
    ['but an open one', snapshot(1n), snapshot(4n, 3n)],
    ['one that was open and is closed now', snapshot(4n, 2n, 3n), snapshot(4n, 3n)],
    ['one that was open, and later ones', snapshot(2n, 1n), snapshot(4n, 4n)],
    ['nothing', snapshot(4n, 2n), snapshot(4n, 2n)],
  ])('reads what came between two snapshots: %s', async (_name, before, after) => {
    const expected = Array.from({ length: 11 }, (_, i) => i).filter((i) => {
      const flush = BigInt(1 + (i % 4))
      return sees(after, flush) && !sees(before, flush)
    })
    expect(numbers(await reader().page({ ...all, before, after, first: 100, newest: false }))).toEqual(expected)
    expect(await reader().count({ ...all, before, after })).toBe(expected.length)
  })

  it('reads the first or the newest, and beyond a record', async () => {
    const range = { ...all, before: snapshot(0n), after: snapshot(4n) }
    const first = await reader().page({ ...range, first: 3, newest: false })
    expect([numbers(first), first.hasNextPage]).toEqual([[0, 1, 2], true])
    const beyond = first.records.at(-1)?.cursor ?? null
    expect(numbers(await reader().page({ ...range, beyond, first: 3, newest: false }))).toEqual([3, 4, 5])
    const newest = await reader().page({ ...range, first: 3, newest: true })
    expect([numbers(newest), newest.hasNextPage]).toEqual([[8, 9, 10], true])
  })

  it('filters by the query and the range', async () => {
    const range = {
      ...all,
      before: snapshot(0n),
      after: snapshot(4n),
      selector: '{service="web"} != "m5"',
      to: T0 + 8_000,
    }
    expect(numbers(await reader().page({ ...range, first: 100, newest: false }))).toEqual([1, 3, 7])
  })

  it('ends when its caller has left', async () => {
    const asked = reader().count({ ...all, before: snapshot(0n), after: snapshot(4n), signal: AbortSignal.abort() })
    await expect(asked).rejects.toThrow(QueryCancelledError)
  })
})
