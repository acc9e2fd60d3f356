import { openEmbeddedClickHouse } from '../embedded/chdb.js'

/*
 * Counts the logs in a ClickHouse directory that nobody holds, in a process of its own. Argument: directory. Answers its
 * parent with the number.
 */

const stores = await openEmbeddedClickHouse({ path: process.argv[2] ?? '' })
const [answer] = await stores.reader.query<{ rows: number }>(
  'SELECT uniqExact(batch_id, item) AS rows FROM logs',
  {},
  { maxExecutionSeconds: 60 },
)
process.send?.(answer?.rows ?? 0)
await stores.close()
