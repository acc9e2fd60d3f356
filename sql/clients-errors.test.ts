import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import { queryError } from './clients-errors.js'

let clickhouse: EmbeddedClickHouse
beforeAll(async () => {
  clickhouse = await openTestClickHouse()
})
afterAll(() => clickhouse.close())

test.each([
  ['a statement that does not parse', 'SELEC 1'],
  ['an unknown column', 'SELECT nothing FROM logs'],
  ['an unknown table', 'SELECT 1 FROM nowhere'],
  ['an unknown function', 'SELECT nofunction(1)'],
  ['types that do not fit', `SELECT 1 + 'a'`],
  ['types that have nothing in common', `SELECT if(number, 1, 'a') FROM numbers(1)`],
  ['text that is no number', `SELECT toUInt8('x')`],
  ['a text that is no regular expression', `SELECT match('a', '(')`],
  ['an aggregate in an aggregate', 'SELECT sum(count()) FROM numbers(1)'],
  ['a wrong number of arguments', 'SELECT length()'],
])('%s is the query’s fault', async (_name, sql) => {
  await expect(clickhouse.reader.query(sql, {}, { maxExecutionSeconds: 5 })).rejects.toMatchObject({
    name: 'StoreError',
    kind: 'query',
    message: expect.stringMatching(/^ClickHouse: .* \(code \d+\)$/s),
  })
})

test.each([
  ['time', 'SELECT count() FROM numbers(100000000000) WHERE number % 7 = 3', { maxExecutionSeconds: 0.1 }],
  [
    'memory',
    'SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 1000000',
    { maxExecutionSeconds: 5 },
  ],
])('a lack of %s is the store’s', async (_name, sql, limits) => {
  await expect(clickhouse.reader.query(sql, {}, limits)).rejects.toMatchObject({ name: 'StoreError', kind: 'store' })
})

test('what is no answer of ClickHouse is the store’s', () => {
  expect(queryError(new Error('connect ECONNREFUSED 127.0.0.1:8123'))).toMatchObject({
    kind: 'store',
    message: 'ClickHouse does not answer: connect ECONNREFUSED 127.0.0.1:8123',
  })
})
