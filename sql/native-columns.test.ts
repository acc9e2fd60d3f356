import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { readNative } from './native-columns.js'

let clickhouse: EmbeddedClickHouse
beforeAll(async () => {
  clickhouse = await openTestClickHouse()
})
afterAll(() => clickhouse.close())

const read = async (sql: string) =>
  readNative(await clickhouse.reader.queryNative(sql, {}, { maxExecutionSeconds: 20 }))

test('reads numbers as their bytes and texts as a list, of all blocks in order', async () => {
  const { rows, numbers, texts } = await read(`
    SELECT number AS n, toFloat64(number) / 2 AS half, toUInt8(number % 2) AS odd,
      multiIf(number % 70 = 0, '', number % 100 < 50, repeat('ü', number % 100), repeat('x', 200)) AS text
    FROM numbers(3000) SETTINGS max_block_size = 700, max_threads = 1`)
  expect(rows).toBe(3_000)
  const bytes = (name: string) => numbers.get(name) ?? new ArrayBuffer(0)
  const all = Array.from({ length: 3_000 }, (_, i) => i)
  expect([...new BigUint64Array(bytes('n'))].map(Number)).toEqual(all)
  expect([...new Float64Array(bytes('half'))]).toEqual(all.map((i) => i / 2))
  expect([...new Uint8Array(bytes('odd'))]).toEqual(all.map((i) => i % 2))
  const text = texts.get('text')
  expect(Array.from(text?.index ?? [], (index) => text?.texts[index])).toEqual(
    all.map((i) => (i % 70 === 0 ? '' : i % 100 < 50 ? 'ü'.repeat(i % 100) : 'x'.repeat(200))),
  )
  expect(new Set(text?.texts).size).toBe(text?.texts.length)
})

test('no rows are none', async () => {
  expect((await read('SELECT 1 AS n WHERE 0')).rows).toBe(0)
  expect(readNative(new Uint8Array(0))).toEqual({ rows: 0, numbers: new Map(), texts: new Map() })
})

test('refuses what it cannot read, and an answer that is cut short', async () => {
  await expect(read('SELECT [1] AS n')).rejects.toThrow('type Array(UInt8)')
  const whole = await clickhouse.reader.queryNative(`SELECT 'abc' AS t, 7 AS n`, {}, { maxExecutionSeconds: 20 })
  for (let length = 1; length < whole.length; length++)
    expect(() => readNative(whole.subarray(0, length)), `of ${length} bytes`).toThrow(RangeError)
})
