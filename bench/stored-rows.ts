import { openEmbeddedClickHouse } from '../embedded/chdb.js'

/*
 * Counts the rows of tables in a ClickHouse directory that nobody holds, in a process of its own: those that differ in
 * batch or position. Arguments: directory, tables (logs where none is named). Answers its parent with the sum for one
 * table, or with an object by table for several.
 */

const [, , path = '', ...named] = process.argv
const tables = (named.length === 0 ? ['logs'] : named).filter((name) => ['logs', 'spans', 'rum'].includes(name))
const stores = await openEmbeddedClickHouse({ path })
const counts: Record<string, number> = {}
for (const table of tables) {
  const [answer] = await stores.reader.query<{ rows: number }>(
    `SELECT uniqExact(batch_id, item) AS rows FROM ${table}`,
    {},
    { maxExecutionSeconds: 60 },
  )
  counts[table] = answer?.rows ?? 0
}
process.send?.(tables.length === 1 ? counts[tables[0] ?? ''] : counts)
await stores.close()
