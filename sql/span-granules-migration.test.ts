import { copyFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, inject, onTestFinished, test } from 'vitest'
import { openEmbeddedClickHouse } from '../embedded/chdb.js'
import { insertSpans, SPANS_AT, traceIdOf } from '../test/builders/spans.js'
import { scratchFolder } from '../test/harness/scratch-folder.js'
import { migrateClickHouse } from './migrate-clickhouse.js'
import { migrationFolder } from './migrate-files.js'
import { createTraceReader } from './trace-reader.js'

const FILE = '0007_span_granules.sql'

test('spans of before are in small granules afterwards, and their traces go on', async () => {
  const folder = scratchFolder()
  const files = migrationFolder('clickhouse')
  for (const name of readdirSync(files)) if (name < FILE) copyFileSync(join(files, name), join(folder, name))
  const clickhouse = await openEmbeddedClickHouse({ path: scratchFolder() })
  onTestFinished(() => clickhouse.close())
  await migrateClickHouse(clickhouse.writer, inject('postgresUrl'), folder)
  const many = Array.from({ length: 5_000 }, (_, i) => ({ id: (i + 1).toString(16), start: i, ms: 1 }))
  await insertSpans(clickhouse.writer, many)
  await insertSpans(clickhouse.writer, [{ id: 'ffff', start: 86_400_000, org: 'org_b' }])
  const select = (sql: string) => clickhouse.reader.query<{ n: number }>(sql, {}, { maxExecutionSeconds: 10 })
  const hash = `SELECT toString(sum(cityHash64(*))) AS hash, count() AS n FROM spans`
  const before = await select(hash)
  await migrateClickHouse(clickhouse.writer, inject('postgresUrl'))

  expect(await select(hash)).toEqual(before)
  const [marks] = await select(
    `SELECT max(marks) AS n FROM system.parts WHERE active AND database = currentDatabase() AND table = 'spans'`,
  )
  // 2,048 rows, the rest, and the last mark; in granules of the usual size it would be 2.
  expect(marks).toEqual({ n: 3 })
  await insertSpans(clickhouse.writer, [{ id: 'eeee', start: 6_000 }])
  const extent = await createTraceReader(clickhouse.reader, 'org_a').extent(traceIdOf('1'))
  expect(extent).toMatchObject({ spanCount: 5_001, firstStartNs: BigInt(SPANS_AT) * 1_000_000n })
})
