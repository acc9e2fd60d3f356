import { expect, onTestFinished, test } from 'vitest'
import { inTransaction } from '../../sql/transaction.js'
import { quietLog } from '../../test/conformance/quiet-log.js'
import { useStores } from '../../test/harness/stores.js'
import { createPool } from './pool.js'

const stores = useStores()
const poolOf = () => {
  const pool = createPool(
    { connectionString: stores.url, name: 'test', max: 2, statementTimeoutMs: 10_000 },
    quietLog(),
  )
  onTestFinished(() => pool.end())
  return pool
}

test('a connection that is lost within a transaction fails it, and nothing else', async () => {
  const pool = poolOf()
  const lost = inTransaction(pool, (client) => client.query('SELECT pg_terminate_backend(pg_backend_pid())'))
  await expect(lost).rejects.toThrow()
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})

test('a connection that is lost while it is held and idle is no fault that ends the process', async () => {
  const pool = poolOf()
  const client = await pool.connect()
  const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
  const gone = new Promise<void>((resolve) => client.once('end', () => resolve()))
  await stores.pool.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid])
  await gone
  client.release(true)
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
})
