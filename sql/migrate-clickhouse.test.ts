import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../embedded/chdb.js'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { migrateClickHouse } from './migrate-clickhouse.js'

let folder = ''
let lockUrl = ''
beforeAll(() => {
  lockUrl = inject('postgresUrl')
})

/** An empty ClickHouse and a folder with these files. */
async function given(files: Record<string, string>): Promise<EmbeddedClickHouse> {
  folder = scratchFolder()
  for (const [name, sql] of Object.entries(files)) writeFileSync(join(folder, name), sql)
  const clickhouse = await openEmbeddedClickHouse({ path: scratchFolder() })
  onTestFinished(() => clickhouse.close())
  return clickhouse
}

const tables = (clickhouse: EmbeddedClickHouse) =>
  clickhouse.reader.query(
    'SELECT name FROM system.tables WHERE database = {db:String} ORDER BY name',
    { db: 'tocsin' },
    { maxExecutionSeconds: 5 },
  )

test('files apply once, a statement at a time; of two that begin at once, one applies', async () => {
  const clickhouse = await given({
    '0001_a.sql': `-- it's one;\nCREATE TABLE IF NOT EXISTS a (x String DEFAULT ';\n') ENGINE = MergeTree ORDER BY x;\nCREATE TABLE IF NOT EXISTS b AS a;\n`,
  })
  const applied = await Promise.all([
    migrateClickHouse(clickhouse.writer, lockUrl, folder),
    migrateClickHouse(clickhouse.reader, lockUrl, folder),
  ])
  expect(applied.flat()).toEqual(['0001_a.sql'])
  expect(await migrateClickHouse(clickhouse.writer, lockUrl, folder)).toEqual([])
  expect(await tables(clickhouse)).toEqual([{ name: 'a' }, { name: 'b' }, { name: 'tocsin_migrations' }])
})

test('a file that failed in the middle is run again from its start', async () => {
  const first = 'CREATE TABLE IF NOT EXISTS a (x String) ENGINE = MergeTree ORDER BY x;\n'
  const clickhouse = await given({ '0001_a.sql': `${first}CREATE TABLE b (x Nothing_) ENGINE = Log;\n` })
  await expect(migrateClickHouse(clickhouse.writer, lockUrl, folder)).rejects.toMatchObject({
    code: 'MIGRATION_FAILED',
    message: expect.stringMatching(/^Migration \S+0001_a\.sql could not be applied to database tocsin of ClickHouse: /),
  })
  writeFileSync(join(folder, '0001_a.sql'), `${first}CREATE TABLE b (x String) ENGINE = Log;\n`)
  expect(await migrateClickHouse(clickhouse.writer, lockUrl, folder)).toEqual(['0001_a.sql'])
})

test('a file that was edited after it was applied stops everything', async () => {
  const clickhouse = await given({ '0001_a.sql': 'CREATE TABLE IF NOT EXISTS a (x String) ENGINE = Log;\n' })
  await migrateClickHouse(clickhouse.writer, lockUrl, folder)
  appendFileSync(join(folder, '0001_a.sql'), '\n')
  await expect(migrateClickHouse(clickhouse.writer, lockUrl, folder)).rejects.toMatchObject({
    code: 'MIGRATION_CHANGED',
    message: expect.stringMatching(
      /0001_a\.sql has checksum [0-9a-f]{64}, but [0-9a-f]{64} was applied to database tocsin/,
    ),
  })
})
