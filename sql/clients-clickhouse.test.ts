import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openEmbeddedClickHouse } from '../embedded/chdb.js'
import { nativeBlock, TextColumn, UInt32Column } from '../ingest/columns/index.js'
import { serveClickHouse } from '../test/harness/clickhouse-http.js'
import { testClickHousePath } from '../test/harness/stores.js'
import type { ClickHouse } from './clients.js'
import { createClickHouseDatabase, openClickHouseServer } from './clients-clickhouse.js'
import { readNative } from './native-columns.js'

const LIMITS = { maxExecutionSeconds: 5 }
const path = testClickHousePath()
let server: Awaited<ReturnType<typeof serveClickHouse>>
beforeAll(async () => {
  server = await serveClickHouse(path.current)
})
afterAll(() => server.close())

const openings: readonly [string, () => Promise<ClickHouse>][] = [
  [
    'embedded',
    async () => {
      const { writer, close } = await openEmbeddedClickHouse({ path: path.current, database: 'embedded' })
      return { ...writer, close }
    },
  ],
  [
    'a server',
    async () => {
      await createClickHouseDatabase({ url: `${server.url}/served` })
      return openClickHouseServer({ url: `${server.url}/served` })
    },
  ],
]

describe.each(openings)('%s', (_name, open) => {
  let clickhouse: ClickHouse
  beforeAll(async () => {
    clickhouse = await open()
    await clickhouse.command(`
      CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 10`)
  })
  afterAll(() => clickhouse.close())

  test('bytes of rows are inserted once a token', async () => {
    const rows = {
      table: 't',
      format: 'JSONEachRow',
      body: Buffer.from('{"n":1,"s":"ü\\n\'"}\n{"n":2,"s":""}\n'),
    } as const
    await clickhouse.insertRows({ ...rows, token: 'a' })
    await clickhouse.insertRows({ ...rows, columns: ['n', 's'], token: 'a' })
    expect(await clickhouse.query('SELECT * FROM t ORDER BY n', {}, LIMITS)).toEqual([
      { n: 1, s: "ü\n'" },
      { n: 2, s: '' },
    ])
    await clickhouse.insertRows({ ...rows, body: Buffer.alloc(0), token: 'b' })
  })

  test('blocks of columns are inserted once a token', async () => {
    await clickhouse.command(`
      CREATE TABLE blocks (flush_id UInt64, n UInt32, s LowCardinality(String)) ENGINE = MergeTree ORDER BY n
      SETTINGS non_replicated_deduplication_window = 10`)
    const [n, s] = [new UInt32Column(), new TextColumn()]
    for (let i = 0; i < 300; i++) {
      n.add(i)
      s.add(`\n\0ü'${i % 2}`, false)
    }
    const insert = { table: 'blocks', columns: ['flush_id', 'n', 's'], format: 'Native' } as const
    const body = nativeBlock({ n, s }, 300)
    await clickhouse.insertRows({ ...insert, body, token: 'a' })
    await clickhouse.insertRows({ ...insert, body, token: 'a' })
    expect(await clickhouse.query('SELECT s, count() AS rows FROM blocks GROUP BY s ORDER BY s', {}, LIMITS)).toEqual([
      { s: "\n\0ü'0", rows: 150 },
      { s: "\n\0ü'1", rows: 150 },
    ])
    const cut = clickhouse.insertRows({ ...insert, body: body.subarray(0, 900), token: 'b' })
    await expect(cut).rejects.toMatchObject({ name: 'StoreError', kind: 'query' })
  })

  test('parameters are bound, and all of them have to be given', async () => {
    const params = { s: `a'b\\c\td; DROP`, xs: ["x'", 'y\\'], n: 2n ** 60n, yes: true, none: null }
    const sql = `SELECT {s:String} AS s, {xs:Array(String)} AS xs, toString({n:UInt64}) AS n, {yes:Bool} AS yes, {none:Nullable(String)} AS none`
    expect(await clickhouse.query(sql, params, LIMITS)).toEqual([{ ...params, n: String(params.n) }])
    await expect(clickhouse.query('SELECT {s:String}', {}, LIMITS)).rejects.toMatchObject({ kind: 'query' })
  })

  test('a filter holds for its table in every place of a query, and for that query alone', async () => {
    const filtered = { ...LIMITS, filters: { t: `s != '' AND s != '"\\\\'` } }
    const sql = 'SELECT count() AS one, (SELECT count() FROM t AS x) AS two FROM t JOIN t AS y ON y.n = t.n'
    expect(await clickhouse.query(sql, {}, filtered)).toEqual([{ one: 1, two: 1 }])
    expect(await clickhouse.query(sql, {}, LIMITS)).toEqual([{ one: 2, two: 2 }])
  })

  test('an answer comes as bytes too, within the same bounds', async () => {
    const filtered = { ...LIMITS, filters: { t: 'n = 2' } }
    const bytes = await clickhouse.queryNative('SELECT n, s FROM t WHERE n < {n:UInt64}', { n: 9 }, filtered)
    const { rows, numbers, texts } = readNative(bytes)
    expect([rows, ...new BigUint64Array(numbers.get('n') ?? new ArrayBuffer(0))]).toEqual([1, 2n])
    expect(texts.get('s')?.texts).toEqual([''])
    await expect(clickhouse.queryNative('SELEC 1', {}, LIMITS)).rejects.toMatchObject({ kind: 'query' })
    await expect(clickhouse.queryNative('SELECT {n:Int8}', {}, LIMITS)).rejects.toMatchObject({ kind: 'query' })
    const late = clickhouse.queryNative('SELECT sleep(2)', {}, { maxExecutionSeconds: 0.1 })
    await expect(late).rejects.toMatchObject({ name: 'StoreError', kind: 'store' })
  })

  test('integers are numbers and not-a-number is null', async () => {
    expect(await clickhouse.query('SELECT toUInt64(7) AS n, nan AS x', {}, LIMITS)).toEqual([{ n: 7, x: null }])
    expect(await clickhouse.query('SELECT 1 WHERE 0', {}, LIMITS)).toEqual([])
  })

  test('faults are told apart', async () => {
    await expect(clickhouse.query('SELEC 1', {}, LIMITS)).rejects.toMatchObject({ name: 'StoreError', kind: 'query' })
    await expect(clickhouse.command('DROP TABLE nowhere')).rejects.toMatchObject({ name: 'StoreError', kind: 'query' })
    const late = clickhouse.query('SELECT sleep(2)', {}, { maxExecutionSeconds: 0.1 })
    await expect(late).rejects.toMatchObject({ name: 'StoreError', kind: 'store' })
    const rows = Buffer.from('{"n":"SECRET"}\n')
    const refused = clickhouse.insertRows({ table: 't', format: 'JSONEachRow', body: rows, token: 'c' })
    await expect(refused).rejects.toMatchObject({ name: 'StoreError', kind: 'query' })
    await expect(refused).rejects.not.toThrow('SECRET')
  })

  test('a ping is answered', async () => {
    await clickhouse.ping()
  })
})

test('a server is asked with its user, its database, a limit of time and no asynchronous insert', async () => {
  const clickhouse = openClickHouseServer({ url: `${server.url}/served` })
  onTestFinished(() => clickhouse.close())
  await clickhouse.query('SELECT 1', {}, { maxExecutionSeconds: 3 })
  expect(server.seen.at(-1)).toMatchObject({
    query: 'SELECT 1 \nFORMAT JSONEachRow',
    settings: { database: 'served', max_execution_time: '3' },
    authorization: `Basic ${Buffer.from('user:pass').toString('base64')}`,
  })
  const insert = {
    table: 't',
    columns: ['n'],
    format: 'JSONEachRow',
    body: Buffer.from('{"n":9}\n'),
    token: 'z',
  } as const
  await clickhouse.insertRows(insert)
  expect(server.seen.at(-1)).toMatchObject({
    query: 'INSERT INTO `t` (`n`) FORMAT JSONEachRow',
    settings: { async_insert: '0', insert_deduplication_token: 'z', wait_end_of_query: '1' },
  })
})

test('a server that is away is the store’s fault, for every method', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const address = silent.address()
  silent.close()
  await once(silent, 'close')
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const clickhouse = openClickHouseServer({ url: `http://user:SECRET@127.0.0.1:${port}` })
  onTestFinished(() => clickhouse.close())
  expect(clickhouse.database).toBe('tocsin')
  const insert = { table: 't', format: 'JSONEachRow', body: Buffer.from('{}\n'), token: 'a' } as const
  const failures = await Promise.allSettled([
    clickhouse.query('SELECT 1', {}, LIMITS),
    clickhouse.queryNative('SELECT 1', {}, LIMITS),
    clickhouse.command('SELECT 1'),
    clickhouse.insertRows(insert),
    clickhouse.ping(),
  ])
  for (const failure of failures) {
    expect(failure).toMatchObject({ status: 'rejected', reason: { name: 'StoreError', kind: 'store' } })
    expect(String(failure.status === 'rejected' && failure.reason.message)).not.toContain('SECRET')
  }
})
