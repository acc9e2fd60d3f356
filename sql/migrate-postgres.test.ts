import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { createEmptyDatabase, type TestDatabase } from '../test/harness/stores.js'
import { migratePostgres } from './migrate-postgres.js'

let database: TestDatabase
let folder: string
beforeEach(async () => {
  database = await createEmptyDatabase()
  return () => database.drop()
})

/** A folder with these files. */
function files(contents: Record<string, string>): string {
  folder = scratchFolder()
  for (const [name, sql] of Object.entries(contents)) writeFileSync(join(folder, name), sql)
  return folder
}

const migrate = () => migratePostgres(database.url, 'engine', folder)
const tables = async () => {
  const { rows } = await database.pool.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'engine'::regnamespace AND relkind = 'r' ORDER BY 1`,
  )
  return rows.map(({ name }) => name)
}

test('files apply once, in order, several statements each', async () => {
  files({
    '0002_b.sql': 'ALTER TABLE engine.a ADD y int',
    '0001_a.sql': 'CREATE TABLE engine.a (x int); CREATE TABLE engine.aa (x int);',
  })
  expect(await migrate()).toEqual(['0001_a.sql', '0002_b.sql'])
  expect(await migrate()).toEqual([])
  writeFileSync(join(folder, '0003_c.sql'), 'CREATE TABLE engine.c (x int)')
  expect(await migrate()).toEqual(['0003_c.sql'])
  expect(await tables()).toEqual(['a', 'aa', 'c', 'tocsin_migrations'])
})

test('of many that begin at once, one applies', async () => {
  files({ '0001_a.sql': 'CREATE TABLE engine.a (x int); SELECT pg_sleep(0.1)' })
  const applied = await Promise.all(Array.from({ length: 5 }, migrate))
  expect(applied.flat()).toEqual(['0001_a.sql'])
})

test('a failed file leaves nothing, and goes on from there once it is mended', async () => {
  files({
    '0001_a.sql': 'CREATE TABLE engine.a (x int)',
    '0002_b.sql': 'CREATE TABLE engine.b (x int); SELECT nothing',
  })
  await expect(migrate()).rejects.toMatchObject({
    name: 'StartError',
    code: 'MIGRATION_FAILED',
    message: expect.stringMatching(
      /^Migration \S+0002_b\.sql could not be applied to schema engine of database \S+: column "nothing" does not exist$/,
    ),
  })
  expect(await tables()).toEqual(['a', 'tocsin_migrations'])
  writeFileSync(join(folder, '0002_b.sql'), 'CREATE TABLE engine.b (x int)')
  expect(await migrate()).toEqual(['0002_b.sql'])
})

test('a file that was edited after it was applied stops everything, with both checksums', async () => {
  files({ '0001_a.sql': 'SELECT 1' })
  await migrate()
  appendFileSync(join(folder, '0001_a.sql'), ' ')
  writeFileSync(join(folder, '0002_b.sql'), 'CREATE TABLE engine.b (x int)')
  await expect(migrate()).rejects.toMatchObject({
    code: 'MIGRATION_CHANGED',
    message: expect.stringMatching(
      /0001_a\.sql has checksum [0-9a-f]{64}, but e004ebd5b5532a4b85984a62f8ad48a81aa3460c1ca07701f386135d72cdecf5 was applied/,
    ),
  })
  expect(await tables()).toEqual(['tocsin_migrations'])
})

test('an applied file that is gone stops everything', async () => {
  files({ '0001_a.sql': 'SELECT 1', '0002_b.sql': 'SELECT 2' })
  await migrate()
  rmSync(join(folder, '0002_b.sql'))
  await expect(migrate()).rejects.toMatchObject({
    code: 'MIGRATION_MISSING',
    message: expect.stringContaining('Migration 0002_b.sql (checksum '),
  })
})

test('a gap in the numbers stops everything', async () => {
  files({ '0001_a.sql': 'SELECT 1', '0003_c.sql': 'SELECT 3' })
  await expect(migrate()).rejects.toMatchObject({
    code: 'MIGRATION_MISSING',
    message: expect.stringMatching(/^Migration 0003_c\.sql in \S+ is where 0002_….sql is expected\.$/),
  })
})

test('a renamed file stops everything, rather than being applied again', async () => {
  files({ '0001_a.sql': 'SELECT 1' })
  await migrate()
  renameSync(join(folder, '0001_a.sql'), join(folder, '0001_other.sql'))
  await expect(migrate()).rejects.toMatchObject({ code: 'MIGRATION_MISSING' })
})

test('both sets of this version apply to one database', async () => {
  const other = await createEmptyDatabase()
  onTestFinished(() => other.drop())
  expect(await migratePostgres(other.url, 'engine')).not.toEqual([])
  expect(await migratePostgres(other.url, 'metrics')).not.toEqual([])
  expect(await migratePostgres(other.url, 'engine')).toEqual([])
})
