import { randomUUID } from 'node:crypto'
import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from '../../embedded/chdb.js'
import { packageRoot } from '../../package-root.js'
import { scratchFolder } from '../../test/harness/scratch-folder.js'
import { migrateClickHouse } from '../migrate-clickhouse.js'

const files = join(packageRoot(), 'sql', 'clickhouse')
const FILE = '0006_retention_partitions.sql'

const INDEXES = `
  SELECT table, name, type, expr, granularity FROM system.data_skipping_indices
  WHERE database = currentDatabase() ORDER BY table, name`

/** A database with the files before this one, then with all. */
async function upgraded(between: (before: EmbeddedClickHouse, folder: string) => Promise<void>) {
  const folder = scratchFolder()
  for (const name of readdirSync(files)) if (name < FILE) copyFileSync(join(files, name), join(folder, name))
  const clickhouse = await openEmbeddedClickHouse({ path: scratchFolder() })
  onTestFinished(() => clickhouse.close())
  await migrateClickHouse(clickhouse.writer, inject('postgresUrl'), folder)
  await between(clickhouse, folder)
  await migrateClickHouse(clickhouse.writer, inject('postgresUrl'))
  const select = (sql: string) => clickhouse.reader.query(sql, {}, { maxExecutionSeconds: 10 })
  return { clickhouse, select }
}

const insert = (into: EmbeddedClickHouse, table: string, row: object) =>
  into.writer.insertRows({
    ...{ table, columns: Object.keys(row), format: 'JSONEachRow', token: randomUUID() },
    body: Buffer.from(JSON.stringify(row)),
  })

test('tables of before keep what they hold and go on counting it, though the file is run twice', async () => {
  const row = { org_id: 'org_a', ts: new Date().toISOString().slice(0, 19), batch_id: randomUUID() }
  let indexes: unknown = null
  const { clickhouse, select } = await upgraded(async (before, folder) => {
    indexes = await before.reader.query(INDEXES, {}, { maxExecutionSeconds: 10 })
    await insert(before, 'logs', { ...row, service: 's', message: 'before' })
    await insert(before, 'spans', { ...row, trace_id: '1', span_id: '1' })
    await insert(before, 'rum', { ...row, app: 'shop' })
    // As if it had failed at its very end.
    copyFileSync(join(files, FILE), join(folder, FILE))
    await migrateClickHouse(before.writer, inject('postgresUrl'), folder)
    await before.writer.command(
      `ALTER TABLE tocsin_migrations DELETE WHERE name = '${FILE}' SETTINGS mutations_sync = 1`,
    )
  })
  await insert(clickhouse, 'logs', { ...row, service: 's', message: 'after' })
  await insert(clickhouse, 'spans', { ...row, trace_id: '1', span_id: '2' })
  expect(indexes).not.toEqual([])
  expect(await select(INDEXES)).toEqual(indexes)
  expect(await select('SELECT message, retention_days FROM logs ORDER BY message')).toEqual([
    { message: 'after', retention_days: 30 },
    { message: 'before', retention_days: 30 },
  ])
  expect(await select('SELECT sum(count) AS count FROM log_counts')).toEqual([{ count: 2 }])
  expect(await select('SELECT sum(spans) AS spans FROM traces')).toEqual([{ spans: 2 }])
  expect(await select('SELECT count() AS count FROM rum')).toEqual([{ count: 1 }])
  expect(
    await select("SELECT name FROM system.tables WHERE database = currentDatabase() AND name LIKE '%next'"),
  ).toEqual([])
})
