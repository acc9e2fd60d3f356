import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { QUERY_BOUNDS, type QueryBounds } from '../schema/domain/query-bounds.js'
import { QueryError } from '../schema/domain/query-error.js'
import { StoreError } from '../schema/ports/telemetry.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { createLogSeriesReader } from './log-series.js'
import { asBoundError, readWithin } from './query-bounds.js'

const T0 = Date.parse('2026-03-01T12:00:00Z')
let clickhouse: EmbeddedClickHouse
const reader = () => createLogSeriesReader(clickhouse.reader, 'org_a')

beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  const row = (seconds: number, level: string, org = 'org_a') => ({
    org_id: org,
    ts: new Date(T0 + seconds * 1_000).toISOString().slice(0, 23).replace('T', ' '),
    service: 'api',
    level,
    message: `took=${seconds}`,
    batch_id: '00000000-0000-4000-8000-000000000000',
    item: seconds,
    flush_id: 1,
    accepted_at: '2026-03-01 12:00:00.000',
    retention_days: 9_999,
  })
  const rows = [row(0, 'info'), row(9, 'info'), row(10, 'error'), row(19, 'info'), row(59, 'info'), row(60, 'info')]
  const lines = [...rows, row(5, 'info', 'org_b')].map((one) => JSON.stringify(one))
  const body = Buffer.from(lines.join('\n'))
  await clickhouse.writer.insertRows({ table: 'logs', format: 'JSONEachRow', body, token: 't' })
})
afterAll(() => clickhouse.close())

describe('histogram', () => {
  const all = { selector: '{}', from: T0, to: T0 + 60_000, widthMs: 10_000 }

  it('counts by level from the start on, the end left out, of one org', async () => {
    expect(await reader().histogram(all)).toEqual([
      { at: T0, level: 'info', count: '2' },
      { at: T0 + 10_000, level: 'error', count: '1' },
      { at: T0 + 10_000, level: 'info', count: '1' },
      { at: T0 + 50_000, level: 'info', count: '1' },
    ])
  })

  it('counts what a selector meets, in buckets that need not divide the range', async () => {
    expect(await reader().histogram({ ...all, selector: '{level="info"} |= "took"', widthMs: 25_001 })).toEqual([
      { at: T0, level: 'info', count: '3' },
      { at: T0 + 50_002, level: 'info', count: '1' },
    ])
  })

  it('is not run for a caller who left', async () => {
    const signal = AbortSignal.abort()
    await expect(reader().histogram({ ...all, signal })).rejects.toMatchObject({ name: 'QueryCancelledError' })
  })

  it('is bounded by the rows that are read', async () => {
    const bounds = { ...QUERY_BOUNDS, rows: 3 }
    const read = readWithin(clickhouse.reader, 'SELECT message FROM logs', {}, { bounds })
    await expect(read).rejects.toMatchObject({ name: 'QueryBoundError', bound: 'rows' })
    const few = readWithin(
      clickhouse.reader,
      'SELECT message FROM logs',
      {},
      { bounds: { ...QUERY_BOUNDS, points: 2 } },
    )
    await expect(few).rejects.toMatchObject({ bound: 'points' })
  })

  it('is bounded by the bytes that are read', async () => {
    const bounds = { ...QUERY_BOUNDS, bytes: 10 }
    const read = readWithin(clickhouse.reader, 'SELECT message FROM logs', {}, { bounds })
    await expect(read).rejects.toMatchObject({ name: 'QueryBoundError', bound: 'bytes' })
  })

  it('is bounded by the series and values of its answer', async () => {
    const ask = (bounds: Partial<QueryBounds>) =>
      reader().series({
        query: 'sum by (level) (count_over_time({level=~".+"}[1m]))',
        ...{ start: T0, end: T0 + 120_000, step: 30_000 },
        bounds: { ...QUERY_BOUNDS, ...bounds },
      })
    expect((await ask({})).length).toBeGreaterThan(1)
    await expect(ask({ series: 1 })).rejects.toMatchObject({ bound: 'series' })
    await expect(ask({ points: 3 })).rejects.toMatchObject({ bound: 'points' })
  })

  it('is bounded in time', async () => {
    const sql = 'SELECT count() AS n FROM system.numbers WHERE NOT ignore(sipHash64(number))'
    const slow = readWithin(
      clickhouse.reader,
      sql,
      {},
      { bounds: { ...QUERY_BOUNDS, timeMs: 200, rows: 1e15, bytes: 1e17 } },
    )
    await expect(slow).rejects.toMatchObject({ bound: 'time' })
  })

  it('refuses a wrong selector', async () => {
    await expect(reader().histogram({ ...all, selector: '{' })).rejects.toBeInstanceOf(QueryError)
  })
})

describe('series', () => {
  const grid = { start: T0 + 20_000, end: T0 + 60_000, step: 20_000 }

  it('answers at each step, series in order', async () => {
    const found = await reader().series({ ...grid, query: 'sum by (level) (count_over_time({service="api"}[20s]))' })
    expect(found).toEqual([
      { labels: { level: 'error' }, timestamps: Float64Array.of(T0 + 20_000), values: Float64Array.of(1) },
      {
        labels: { level: 'info' },
        timestamps: Float64Array.of(T0 + 20_000, T0 + 60_000),
        values: Float64Array.of(2, 2),
      },
    ])
  })

  it('keeps what is no number', async () => {
    const found = await reader().series({ ...grid, end: grid.start, query: 'sum(count_over_time({}[20s])) / 0' })
    expect(found.map(({ values }) => [...values])).toEqual([[Number.POSITIVE_INFINITY]])
    const nan = await reader().series({ ...grid, end: grid.start, query: 'sum(count_over_time({}[20s])) * 0 / 0' })
    expect(nan.map(({ values }) => [...values])).toEqual([[Number.NaN]])
  })

  it('refuses a log query, by place', async () => {
    await expect(reader().series({ ...grid, query: '{service="api"}' })).rejects.toMatchObject({ line: 1, column: 1 })
  })
})

it.each([
  [158, 'rows'],
  [307, 'bytes'],
  [396, 'points'],
  [159, 'time'],
  [241, 'memory'],
])('an overflow of code %s is the bound of %s', (code, bound) => {
  const error = new StoreError('store', `ClickHouse: Limit exceeded (code ${code})`)
  expect(asBoundError(error, QUERY_BOUNDS)).toMatchObject({ name: 'QueryBoundError', bound })
})

it('leaves other errors as they are', () => {
  const error = new StoreError('store', 'ClickHouse: gone (code 210)')
  expect(asBoundError(error, QUERY_BOUNDS)).toBe(error)
})
