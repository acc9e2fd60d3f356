import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { MillisecondsColumn, nativeBlock, TextColumn, UInt32Column } from '../ingest/columns/index.js'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from './chdb.js'

const scratch = mkdtempSync(join(tmpdir(), 'tocsin-insert-'))
/** What patterns and SQL would read in a path. */
const path = join(scratch, "it's {a,b} *?[x] %ü")
const LIMITS = { maxExecutionSeconds: 10 }
const DAY_MS = 86_400_000
let clickhouse: EmbeddedClickHouse

beforeAll(async () => {
  mkdirSync(path)
  clickhouse = await openEmbeddedClickHouse({ path })
  await clickhouse.writer.command(`
    CREATE TABLE events (flush_id UInt64, at DateTime64(3, 'UTC'), n UInt32, text LowCardinality(String))
    ENGINE = MergeTree PARTITION BY toDate(at) ORDER BY n SETTINGS non_replicated_deduplication_window = 100`)
  await clickhouse.writer.command(`
    CREATE TABLE counts (text String, rows UInt64) ENGINE = SummingMergeTree ORDER BY text
    SETTINGS non_replicated_deduplication_window = 100`)
  await clickhouse.writer.command(
    'CREATE MATERIALIZED VIEW counted TO counts AS SELECT text, count() AS rows FROM events GROUP BY text',
  )
})
afterAll(async () => {
  await clickhouse.close()
  rmSync(scratch, { recursive: true, force: true })
})

/** Rows of three days. */
function block(rows: number, text: string): Uint8Array {
  const columns = { at: new MillisecondsColumn(), n: new UInt32Column(), text: new TextColumn() }
  for (let i = 0; i < rows; i++) {
    columns.at.add(Date.UTC(2026, 0, 1) + (i % 3) * DAY_MS)
    columns.n.add(i)
    columns.text.add(text, false)
  }
  return nativeBlock(columns, rows)
}

async function insert(token: string, body: Uint8Array): Promise<void> {
  const columns = ['flush_id', 'at', 'n', 'text']
  const settings = { max_partitions_per_insert_block: 0 }
  await clickhouse.writer.insertRows({ table: 'events', columns, format: 'Native', body, token, settings })
}

async function counts(): Promise<{ events: number; view: number }> {
  const [row] = await clickhouse.reader.query<{ events: number; view: number }>(
    'SELECT (SELECT count() FROM events) AS events, (SELECT sum(rows) FROM counts) AS view',
    {},
    LIMITS,
  )
  return row ?? { events: -1, view: -1 }
}

test('blocks are stored as they are, once a token, over partitions and views', async () => {
  await insert("it's \\ first", block(20_000, "tab\t'quote' \0 日本"))
  expect(await counts()).toEqual({ events: 20_000, view: 20_000 })
  await insert("it's \\ first", block(20_000, "tab\t'quote' \0 日本"))
  expect(await counts()).toEqual({ events: 20_000, view: 20_000 })
  await insert('second', block(3, 'a'))
  await insert("it's \\ first", block(20_000, "tab\t'quote' \0 日本"))
  expect(await counts()).toEqual({ events: 20_003, view: 20_003 })
  expect(
    await clickhouse.reader.query('SELECT n, text, toString(at) AS at FROM events WHERE n = 19_999', {}, LIMITS),
  ).toEqual([{ n: 19_999, text: "tab\t'quote' \0 日本", at: '2026-01-02 00:00:00.000' }])
})

test('many at once are stored each', async () => {
  const before = await counts()
  await Promise.all(Array.from({ length: 20 }, (_, i) => insert(`many ${i}`, block(100, `of ${i}`))))
  expect((await counts()).events - before.events).toBe(2_000)
})

test('bytes that are no block leave nothing, are at fault themselves, and are not told', async () => {
  const before = await counts()
  const whole = block(10, 'SECRET')
  for (const [i, broken] of [whole.subarray(0, whole.length - 5), Buffer.from('SECRET'.repeat(10))].entries()) {
    const refused = insert(`broken ${i}`, broken)
    await expect(refused).rejects.toMatchObject({ name: 'StoreError', kind: 'query' })
    await expect(refused).rejects.not.toThrow('SECRET')
  }
  expect(await counts()).toEqual(before)
})

test('nothing is left in the folder but what the engine keeps', () => {
  expect(readdirSync(path).filter((name) => name.startsWith('insert-'))).toEqual([])
})
