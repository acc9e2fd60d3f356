import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  ArrayColumn,
  DictionaryColumn,
  MapColumn,
  nativeBlock,
  TextColumn,
  UInt32Column,
} from '../ingest/columns/index.js'
import { type EmbeddedClickHouse, openEmbeddedClickHouse } from './chdb.js'

const path = mkdtempSync(join(tmpdir(), 'tocsin-dictionaries-'))
const LIMITS = { maxExecutionSeconds: 20 }
let clickhouse: EmbeddedClickHouse

beforeAll(async () => {
  clickhouse = await openEmbeddedClickHouse({ path })
  await clickhouse.writer.command(`
    CREATE TABLE names
    (
        flush_id UInt64, n UInt32, name LowCardinality(String),
        maps Map(LowCardinality(String), String), lists Array(Map(LowCardinality(String), String))
    )
    ENGINE = MergeTree ORDER BY n`)
})
afterAll(async () => {
  await clickhouse.close()
  rmSync(path, { recursive: true, force: true })
})

/** Inserts rows and reads them back. */
async function stored(names: readonly string[], maps: readonly (readonly string[])[]): Promise<readonly unknown[]> {
  const columns = {
    n: new UInt32Column(),
    name: new DictionaryColumn(),
    maps: new MapColumn(new TextColumn()),
    lists: new ArrayColumn(new MapColumn(new TextColumn())),
  }
  for (const [i, name] of names.entries()) {
    columns.n.add(i)
    columns.name.add(name)
    const keys = maps[i] ?? []
    for (const of of [columns.maps, columns.lists.elements]) {
      for (const key of keys) {
        of.names.add(key)
        of.values.add(`of ${key}`, false)
      }
      of.close(keys.length)
    }
    columns.lists.close(1)
  }
  await clickhouse.writer.command('TRUNCATE TABLE names')
  const body = nativeBlock(columns, names.length)
  const settings = { max_partitions_per_insert_block: 0 }
  const into = ['flush_id', ...Object.keys(columns)]
  await clickhouse.writer.insertRows({ table: 'names', columns: into, format: 'Native', body, token: '', settings })
  return clickhouse.reader.query(
    'SELECT name, mapKeys(maps) AS keys, mapValues(lists[1]) AS said FROM names ORDER BY n',
    {},
    LIMITS,
  )
}

const row = (name: string, keys: readonly string[]) => ({ name, keys, said: keys.map((key) => `of ${key}`) })

test('names of rows, of maps and of maps in lists are stored as they are', async () => {
  const names = ['', 'a', 'ü', '日本', 'a', "tab\t'quote' \0"]
  const maps = [[], ['http.route', 'x'], ['x'], [], ['', 'ü'], []]
  expect(await stored(names, maps)).toEqual(names.map((name, i) => row(name, maps[i] ?? [])))
})

test('maps may be empty, all of them', async () => {
  expect(await stored(['a', 'b'], [])).toEqual([row('a', []), row('b', [])])
})

test('texts that are the same only in UTF-8 are one', async () => {
  expect(await stored(['a\ud800', 'a\ufffd', 'a\udfff'], [])).toEqual(Array(3).fill(row('a\ufffd', [])))
})

test('there may be as many as rows', async () => {
  for (const different of [256, 257, 65_536, 65_537]) {
    const names = Array.from({ length: 66_000 }, (_, i) => `name ${i % different}`)
    const found = await stored(names, [])
    expect(found.every((found, i) => (found as { name: string }).name === names[i])).toBe(true)
    expect(found).toHaveLength(names.length)
  }
})
