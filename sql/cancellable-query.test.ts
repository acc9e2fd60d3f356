import pg from 'pg'
import { expect, onTestFinished, test } from 'vitest'
import { QUERY_BOUNDS, QueryCancelledError } from '../schema/domain/query-bounds.js'
import { useStores } from '../test/harness/stores.js'
import { cancellableQuery } from './cancellable-query.js'

const stores = useStores()

const PATIENCE = { timeout: 60_000 }

const inWait = (event: string) => async () => {
  const { rows } = await stores.pool.query<{ n: number }>(
    `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = $1`,
    [event],
  )
  return rows[0]?.n
}
const asleep = inWait('PgSleep')
const waiting = inWait('advisory')

test('a statement is broken off in the database when its signal aborts, and the pool goes on', async () => {
  const caller = new AbortController()
  const slow = cancellableQuery(stores.pool, 'SELECT pg_sleep(60)', [], { signal: caller.signal })
  const ended = expect(slow).rejects.toBeInstanceOf(QueryCancelledError)
  await expect.poll(asleep, PATIENCE).toBe(1)
  caller.abort(new QueryCancelledError())
  await ended
  expect(await asleep()).toBe(0)
  expect(await cancellableQuery(stores.pool, 'SELECT 1 AS one', [], { signal: new AbortController().signal })).toEqual([
    { one: 1 },
  ])
})

test('nothing is asked for a caller who left', async () => {
  const signal = AbortSignal.abort()
  await expect(cancellableQuery(stores.pool, 'no statement', [], { signal })).rejects.toBeInstanceOf(
    QueryCancelledError,
  )
})

test('a statement that the server breaks off by itself met the bound of time', async () => {
  const sql = `SELECT pg_cancel_backend(pg_backend_pid()), pg_sleep(60)`
  await expect(cancellableQuery(stores.pool, sql, [], { bounds: QUERY_BOUNDS })).rejects.toMatchObject({
    bound: 'time',
  })
})

test('a statement that cannot be broken off ends by itself, its connection is given up, and nothing else fails', async () => {
  const pool = new pg.Pool({ connectionString: stores.url })
  onTestFinished(() => pool.end())
  // What the pool has opened stays; what would break a statement off meets a closed door.
  const client = await pool.connect()
  client.release()
  Object.assign(pool.options, { connectionString: undefined, host: '127.0.0.1', port: 1 })
  const holder = await stores.pool.connect()
  await holder.query('SELECT pg_advisory_lock(1)')
  const caller = new AbortController()
  const sql = 'SELECT 1 AS one FROM pg_advisory_xact_lock(1)'
  const slow = cancellableQuery(pool, sql, [], { signal: caller.signal })
  await expect.poll(waiting, PATIENCE).toBe(1)
  caller.abort(new QueryCancelledError())
  await holder.query('SELECT pg_advisory_unlock(1)')
  holder.release()
  expect(await slow).toEqual([{ one: 1 }])
  expect(pool.totalCount).toBe(0)
})
