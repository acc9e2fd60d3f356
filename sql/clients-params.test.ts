import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EmbeddedClickHouse } from '../embedded/chdb.js'
import { openTestClickHouse } from '../test/harness/stores.js'
import type { QueryParams } from './clients.js'

let clickhouse: EmbeddedClickHouse
beforeAll(async () => {
  clickhouse = await openTestClickHouse()
})
afterAll(() => clickhouse.close())

const ask = (sql: string, params: QueryParams) => clickhouse.reader.query(sql, params, { maxExecutionSeconds: 5 })

/** Text without lone surrogates, which UTF-8 cannot carry; heavy on what SQL and ClickHouse give a meaning. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom("'", '"', '\\', '\n', '\t', '\0', '`', ';', '{', '}', 'N', '[', ']', ',', '-') }),
)

test('any text comes back as it went, alone and in arrays', async () => {
  await fc.assert(
    fc.asyncProperty(text, fc.array(text, { maxLength: 5 }), async (one, many) => {
      expect(await ask('SELECT {one:String} AS one, {many:Array(String)} AS many', { one, many })).toEqual([
        { one, many },
      ])
    }),
    { numRuns: 200 },
  )
})

test('numbers, booleans and NULL come back as they went', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.array(fc.boolean(), { maxLength: 3 }),
      fc.option(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      async (big, real, flags, maybe) => {
        const sql = `SELECT toString({big:UInt64}) AS big, {real:Float64} = toFloat64({text:String}) AS same,
          {flags:Array(Bool)} AS flags, {maybe:Nullable(Int32)} AS maybe`
        expect(await ask(sql, { big, real, text: String(real), flags, maybe })).toEqual([
          { big: String(big), same: 1, flags, maybe },
        ])
      },
    ),
    { numRuns: 100 },
  )
  expect(await ask('SELECT isNaN({a:Float64}) AS nan, {b:Float64} > 0 AS inf', { a: Number.NaN, b: Infinity })).toEqual(
    [{ nan: 1, inf: 1 }],
  )
})

test('a parameter that is not given is refused, even when an earlier query gave it', async () => {
  await ask('SELECT {org:String} AS org', { org: 'first' })
  await expect(ask('SELECT {org:String} AS org', {})).rejects.toMatchObject({
    name: 'StoreError',
    kind: 'query',
    message: 'The query names the parameter org, which was not given.',
  })
})

test('queries on all connections at once keep their own parameters', async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, async (_, n) => {
      const connection = [clickhouse.writer, clickhouse.evaluator, clickhouse.reader][n % 3]
      return connection?.query('SELECT {n:UInt32} AS n', { n }, { maxExecutionSeconds: 5 })
    }),
  )
  expect(answers).toEqual(Array.from({ length: 60 }, (_, n) => [{ n }]))
})
