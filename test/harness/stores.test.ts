import { expect, test } from 'vitest'
import { createTestDatabase, openTestClickHouse, useStores } from './stores.js'

const stores = useStores()

test('a file has a migrated database for itself', async () => {
  const { rows } = await stores.pool.query(
    `SELECT to_regclass('public.org') AS control, to_regclass('engine.intake') AS engine, to_regclass('metrics.samples') AS metrics`,
  )
  expect(rows).toEqual([{ control: 'org', engine: 'engine.intake', metrics: 'metrics.samples' }])
})

test('clones do not see each other, and go when they are dropped', async () => {
  const one = await createTestDatabase()
  const other = await createTestDatabase()
  await one.pool.query('CREATE TABLE only_here (a int)')
  const { rows } = await other.pool.query(`SELECT to_regclass('only_here') AS name`)
  expect(rows).toEqual([{ name: null }])
  await one.drop()
  await other.drop()
  const { rows: left } = await stores.pool.query('SELECT FROM pg_database WHERE datname = $1', [
    new URL(one.url).pathname.slice(1),
  ])
  expect(left).toEqual([])
})

test('each ClickHouse is migrated and empty, one after another and side by side', async () => {
  const first = await openTestClickHouse()
  const second = await openTestClickHouse()
  expect(second.writer.database).not.toBe(first.writer.database)
  for (const { reader } of [first, second])
    expect(await reader.query('SELECT count() AS rows FROM logs', {}, { maxExecutionSeconds: 5 })).toEqual([
      { rows: 0 },
    ])
  await first.close()
  await second.close()
  const third = await openTestClickHouse()
  await third.close()
})
