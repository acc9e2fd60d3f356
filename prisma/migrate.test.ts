import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { createEmptyDatabase, type TestDatabase } from '../test/harness/stores.js'
import { applyPrismaMigrations } from './migrate.js'

let database: TestDatabase
beforeEach(async () => {
  database = await createEmptyDatabase()
  return () => database.drop()
})

/** A folder with a migration for each name. */
function migrations(contents: Record<string, string>): string {
  const folder = scratchFolder()
  writeFileSync(join(folder, 'migration_lock.toml'), 'provider = "postgresql"\n')
  for (const [name, sql] of Object.entries(contents)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'migration.sql'), sql)
  }
  return folder
}

const records = async () => {
  const { rows } = await database.pool.query(
    `SELECT migration_name AS name, checksum, finished_at >= started_at AS finished, applied_steps_count AS steps, rolled_back_at, logs
     FROM _prisma_migrations ORDER BY 1`,
  )
  return rows
}

test('each migration is applied once, and recorded as Prisma records it', async () => {
  const folder = migrations({
    '20260101000000_a': 'SELECT 1',
    '20260102000000_b': 'CREATE TABLE b (x int); CREATE TABLE c (x int);',
  })
  expect(await applyPrismaMigrations(database.url, folder)).toEqual(['20260101000000_a', '20260102000000_b'])
  expect(await applyPrismaMigrations(database.url, folder)).toEqual([])
  const recorded = { finished: true, steps: 1, rolled_back_at: null, logs: null }
  expect(await records()).toEqual([
    {
      name: '20260101000000_a',
      checksum: 'e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5',
      ...recorded,
    },
    { name: '20260102000000_b', checksum: expect.stringMatching(/^[0-9a-f]{64}$/), ...recorded },
  ])
})

test('of many that begin at once, one applies', async () => {
  const folder = migrations({ '20260101000000_a': 'CREATE TABLE a (x int); SELECT pg_sleep(0.1)' })
  const applied = await Promise.all(Array.from({ length: 5 }, () => applyPrismaMigrations(database.url, folder)))
  expect(applied.flat()).toEqual(['20260101000000_a'])
})

test('a failed one leaves neither a table nor a record', async () => {
  const folder = migrations({ '20260101000000_a': 'CREATE TABLE a (x int); SELECT nothing' })
  await expect(applyPrismaMigrations(database.url, folder)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' })
  expect(await records()).toEqual([])
  const { rows } = await database.pool.query(`SELECT to_regclass('a') AS a`)
  expect(rows).toEqual([{ a: null }])
})

test('one that was edited or removed after it was applied stops everything', async () => {
  const folder = migrations({ '20260101000000_a': 'SELECT 1' })
  await applyPrismaMigrations(database.url, folder)
  appendFileSync(join(folder, '20260101000000_a', 'migration.sql'), '\n')
  await expect(applyPrismaMigrations(database.url, folder)).rejects.toMatchObject({
    code: 'MIGRATION_CHANGED',
    message: expect.stringMatching(
      /20260101000000_a\/migration\.sql has checksum [0-9a-f]{64}, but e004ebd5[0-9a-f]{56} was applied/,
    ),
  })
  rmSync(join(folder, '20260101000000_a'), { recursive: true })
  await expect(applyPrismaMigrations(database.url, folder)).rejects.toMatchObject({ code: 'MIGRATION_MISSING' })
})

test('one that would have to go before an applied one stops everything', async () => {
  await applyPrismaMigrations(database.url, migrations({ '20260102000000_b': 'SELECT 1' }))
  const folder = migrations({ '20260101000000_a': 'SELECT 1', '20260102000000_b': 'SELECT 1' })
  await expect(applyPrismaMigrations(database.url, folder)).rejects.toMatchObject({
    code: 'MIGRATION_MISSING',
    message: expect.stringContaining('was never applied'),
  })
})

test('one that Prisma began and did not finish is pointed at', async () => {
  const folder = migrations({ '20260101000000_a': 'SELECT 1' })
  await applyPrismaMigrations(database.url, folder)
  await database.pool.query('UPDATE _prisma_migrations SET finished_at = NULL')
  await expect(applyPrismaMigrations(database.url, folder)).rejects.toMatchObject({
    code: 'MIGRATION_FAILED',
    message: expect.stringContaining('20260101000000_a was begun by Prisma'),
  })
})
