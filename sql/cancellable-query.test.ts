import { expect, test } from 'vitest'
import { QUERY_BOUNDS, QueryCancelledError } from '../schema/domain/query-bounds.js'
import { useStores } from '../test/harness/stores.js'
import { cancellableQuery } from './cancellable-query.js'

const stores = useStores()

const asleep = async () => {
  const { rows } = await stores.pool.query<{ n: number }>(
    `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
  )
  return rows[0]?.n
}

test('a statement is broken off in the database when its signal aborts, and the pool goes on', async () => {
  const caller = new AbortController()
  const slow = cancellableQuery(stores.pool, 'SELECT pg_sleep(60)', [], { signal: caller.signal })
  const ended = expect(slow).rejects.toBeInstanceOf(QueryCancelledError)
  await expect.poll(asleep).toBe(1)
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
