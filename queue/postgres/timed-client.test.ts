import { once } from 'node:events'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { expect, onTestFinished, test } from 'vitest'
import { keptBytes } from '../../test/harness/kept.js'
import { useStores } from '../../test/harness/stores.js'
import { TimedClient } from './timed-client.js'

const stores = useStores()

async function connected(query_timeout: number): Promise<{ client: pg.Client; lost: Promise<Error> }> {
  const client: pg.Client = new TimedClient({ connectionString: stores.url, query_timeout })
  const lost = new Promise<Error>((resolve) => client.on('error', resolve))
  await client.connect()
  onTestFinished(() => client.end())
  return { client, lost }
}

const LATE = 'PostgreSQL did not answer in time.'

test('statements are answered in each of the ways in which they are asked', async () => {
  const { client } = await connected(10_000)
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  expect((await client.query('SELECT $1::int AS n', [2])).rows).toEqual([{ n: 2 }])
  expect((await client.query({ text: 'SELECT $1::int', values: [3], rowMode: 'array' })).rows).toEqual([[3]])
  const heard = (ask: (hear: (error: Error, result: pg.QueryResult) => void) => void) =>
    new Promise<unknown[]>((resolve, reject) => ask((error, result) => (error ? reject(error) : resolve(result.rows))))
  expect(await heard((hear) => client.query('SELECT 4 AS n', hear))).toEqual([{ n: 4 }])
  expect(await heard((hear) => client.query({ text: 'SELECT 5 AS n' }, hear))).toEqual([{ n: 5 }])
  expect(await heard((hear) => client.query('SELECT $1::int AS n', [6], hear))).toEqual([{ n: 6 }])
  await expect(heard((hear) => client.query('SELECT no_such_column', hear))).rejects.toMatchObject({ code: '42703' })
})

test('one that fails says so with a trace to who asked, and the connection goes on', async () => {
  const { client } = await connected(10_000)
  async function whoAsked() {
    await client.query('SELECT no_such_column')
  }
  const failed: unknown = await whoAsked().catch((error: unknown) => error)
  expect(failed).toMatchObject({ code: '42703', stack: expect.stringContaining('whoAsked') })
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('one that is not answered in time fails, and takes its connection along', async () => {
  const { client, lost } = await connected(100)
  await expect(client.query('SELECT pg_sleep(60)')).rejects.toThrow(LATE)
  expect((await lost).message).toBe(LATE)
})

test('a stream that is not taken in time fails', async () => {
  await stores.pool.query('CREATE TABLE copied (n int)')
  const { client, lost } = await connected(100)
  await client.query('BEGIN')
  const rival = await stores.pool.connect()
  try {
    await rival.query('BEGIN; LOCK TABLE copied')
    const stream = client.query(from('COPY copied FROM STDIN'))
    stream.end('1\n')
    await expect(once(stream, 'finish')).rejects.toThrow(LATE)
    await lost
  } finally {
    await rival.query('ROLLBACK')
    rival.release()
  }
})

test('a stream that is taken in time leaves no timer that would end the connection later', async () => {
  await stores.pool.query('CREATE TABLE streamed (n int)')
  const { client } = await connected(200)
  const stream = client.query(from('COPY streamed FROM STDIN'))
  stream.end('1\n')
  await once(stream, 'finish')
  for (const until = performance.now() + 300; performance.now() < until; ) await client.query('SELECT 1')
  expect((await client.query('SELECT n FROM streamed')).rows).toEqual([{ n: 1 }])
})

test('answers are gone when nobody holds them', async () => {
  const { client } = await connected(10_000)
  const ask = () => client.query("SELECT repeat('x', 100000) || i AS text FROM generate_series(1, 10) i")
  for (let i = 0; i < 10; i++) await ask()
  const { held, letGo } = await keptBytes(ask)
  expect(held).toBeGreaterThan(900_000)
  expect(letGo).toBeLessThan(held / 10)
})
