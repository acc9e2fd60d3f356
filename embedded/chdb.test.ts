import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestClickHouse } from '../test/harness/stores.js'
import type { EmbeddedClickHouse } from './chdb.js'

let clickhouse: EmbeddedClickHouse
beforeAll(async () => {
  clickhouse = await openTestClickHouse()
  await clickhouse.writer.command(`
    CREATE TABLE events (day Date, n UInt32, text String) ENGINE = MergeTree PARTITION BY day ORDER BY n
    SETTINGS non_replicated_deduplication_window = 100`)
  await clickhouse.writer.command(`
    CREATE TABLE events_per_day (day Date, rows UInt64) ENGINE = SummingMergeTree ORDER BY day
    SETTINGS non_replicated_deduplication_window = 100`)
  await clickhouse.writer.command(`
    CREATE MATERIALIZED VIEW events_per_day_view TO events_per_day AS SELECT day, count() AS rows FROM events GROUP BY day`)
})
afterAll(() => clickhouse.close())

const LIMITS = { maxExecutionSeconds: 10 }

/** NDJSON of rows over three partitions. */
function body(rows: number, text = 'a'): Buffer {
  const line = (n: number) => JSON.stringify({ day: `2026-01-0${(n % 3) + 1}`, n, text: `${text}\n'\\ü${n}` })
  return Buffer.from(`${Array.from({ length: rows }, (_, n) => line(n)).join('\n')}\n`)
}

async function insert(token: string, rows: Buffer): Promise<void> {
  await clickhouse.writer.insertRows({ table: 'events', format: 'JSONEachRow', body: rows, token })
}

async function counts(): Promise<{ events: number; view: number }> {
  const [row] = await clickhouse.reader.query<{ events: number; view: number }>(
    'SELECT (SELECT count() FROM events) AS events, (SELECT sum(rows) FROM events_per_day) AS view',
    {},
    LIMITS,
  )
  return row ?? { events: -1, view: -1 }
}

test('the same token adds nothing, to the table nor to its views; another token with the same rows does', async () => {
  const rows = body(20_000)
  await insert('first', rows)
  expect(await counts()).toEqual({ events: 20_000, view: 20_000 })
  await insert('first', rows)
  expect(await counts()).toEqual({ events: 20_000, view: 20_000 })
  await insert('second', rows)
  expect(await counts()).toEqual({ events: 40_000, view: 40_000 })
  await insert('first', rows)
  expect(await counts()).toEqual({ events: 40_000, view: 40_000 })
})

test('rows arrive as they were sent', async () => {
  await insert(
    'exact',
    Buffer.from(`${JSON.stringify({ day: '2026-02-01', n: 7, text: 'tab\t"quote" \\ \u0000 日本' })}\n`),
  )
  expect(
    await clickhouse.reader.query('SELECT n, text FROM events WHERE day = {day:Date}', { day: '2026-02-01' }, LIMITS),
  ).toEqual([{ n: 7, text: 'tab\t"quote" \\ \u0000 日本' }])
})

test('a refused insert leaves nothing, and its rows are not in the error', async () => {
  const before = await counts()
  const rows = Buffer.concat([body(10), Buffer.from('{"day":"2026-01-01","n":"SECRET"}\n')])
  const refused = insert('broken', rows)
  await expect(refused).rejects.toMatchObject({ name: 'StoreError', kind: 'query' })
  await expect(refused).rejects.not.toThrow('SECRET')
  await insert('empty', Buffer.alloc(0))
  expect(await counts()).toEqual(before)
})

test('the three connections work at the same time, and off the event loop', async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const begun = performance.now()
  const waited = await Promise.all(
    [clickhouse.writer, clickhouse.evaluator, clickhouse.reader].map((connection) =>
      connection.query('SELECT sleep(0.5)', {}, LIMITS),
    ),
  )
  delay.disable()
  expect(waited).toHaveLength(3)
  // One after another it would be 1,500 ms.
  expect(performance.now() - begun).toBeLessThan(1_200)
  expect(delay.max / 1e6).toBeLessThan(450)
})

test('queries of one connection run in turn, each with its own limit', async () => {
  const slow = clickhouse.reader.query('SELECT sleep(2)', {}, { maxExecutionSeconds: 0.2 })
  const quick = clickhouse.reader.query('SELECT 1 AS one', {}, LIMITS)
  await expect(slow).rejects.toMatchObject({ name: 'StoreError', kind: 'store' })
  expect(await quick).toEqual([{ one: 1 }])
})

test('the limit of a query does not outlive it', async () => {
  await clickhouse.writer.query('SELECT 1', {}, { maxExecutionSeconds: 0.001 }).catch(() => undefined)
  await insert('after a short limit', body(50_000))
  await clickhouse.writer.command('OPTIMIZE TABLE events FINAL')
})

test('a ping answers, and after close it fails', async () => {
  const other = await openTestClickHouse()
  await other.reader.ping()
  await other.close()
  await expect(other.reader.ping()).rejects.toMatchObject({ name: 'StoreError', kind: 'store' })
})

test('its caches and pools are bounded, for as many connections as there are', async () => {
  const settings = await clickhouse.reader.query<{ name: string; value: string }>(
    `SELECT name, value FROM system.server_settings
     WHERE (name LIKE '%cache_size' OR name LIKE '%parts%pool_size' OR name LIKE '%pool_free_size') ORDER BY name`,
    {},
    LIMITS,
  )
  const value = (name: string) => Number(settings.find((one) => one.name === name)?.value)
  expect(value('mark_cache_size')).toBe(128 * 1024 * 1024)
  expect(value('max_parts_cleaning_thread_pool_size')).toBe(2)
  expect(value('max_thread_pool_free_size')).toBe(16)
})
