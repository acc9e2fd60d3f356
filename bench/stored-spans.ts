import { openEmbeddedClickHouse } from '../embedded/chdb.js'
import { quantile } from './harness.js'

/*
 * Looks into a ClickHouse directory that nobody holds, in a process of its own. Arguments: directory, and the id of a
 * trace. Answers its parent with `StoredSpans`.
 */

export interface StoredSpans {
  /** Different rows of all traces. */
  readonly rows: number
  /** The plain read of the columns that the tree of the trace needs, as objects: median, ms. */
  readonly plainMs: number
}

const RUNS = 7
const SECONDS = { maxExecutionSeconds: 60 }

const [directory = '', traceId = ''] = process.argv.slice(2)
const stores = await openEmbeddedClickHouse({ path: directory })
const [counted] = await stores.reader.query<{ rows: number }>(
  'SELECT uniqExact(batch_id, item) AS rows FROM spans',
  {},
  SECONDS,
)
const took: number[] = []
for (let run = 0; run < RUNS; run++) {
  const start = performance.now()
  await stores.reader.query(
    `SELECT span_id, parent_span_id, toUnixTimestamp64Nano(ts) AS start, duration_ns, status, service
     FROM spans WHERE trace_id = {trace:String}`,
    { trace: traceId },
    SECONDS,
  )
  took.push(performance.now() - start)
}
process.send?.({ rows: counted?.rows ?? 0, plainMs: quantile(took, 0.5) } satisfies StoredSpans)
await stores.close()
