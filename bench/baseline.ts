import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import { packageRoot } from '../package-root.js'
import { logRow } from './log-row.js'
import { watchUsage } from './process-usage.js'
import { sampleLogs } from './sample-logs.js'

/*
 * The baseline of the ingest benchmark, in a process of its own: the same logs inserted with the official client into
 * the same table of an embedded ClickHouse, without an edge, a queue or a promise. Arguments: directory, batches, logs a
 * batch. Answers its parent with `BaselineAnswer`.
 */

/** What the baseline measured. */
export interface BaselineAnswer {
  readonly ms: number
  readonly rows: number
  /** MiB. */
  readonly resident: number
  /** Processor time of the inserts. */
  readonly cpuMs: number
}

/** Rows an insert: what ClickHouse recommends at the least, and about what one flush of ours holds. */
const ROWS_AN_INSERT = 20_000

type ClientOptions = NonNullable<Parameters<typeof createClient>[0]>

const [directory = '', batches = 0, logsABatch = 0] = process.argv
  .slice(2)
  .map((text, i) => (i === 0 ? text : Number(text)))
const usage = watchUsage(process.pid)
const connection = createChdbConnection({ path: String(directory) })
// The two packages declare the same interface twice, apart in optional properties only.
const client = createClient({ connection: connection as unknown as ClientOptions['connection'] & object })
for (const file of ['0001_logs.sql', '0005_log_text_index.sql'])
  await client.command({ query: readFileSync(join(packageRoot(), 'sql/clickhouse', file), 'utf8') })

const now = Date.now()
const rows = Array.from({ length: Number(batches) }, (_, batch) =>
  sampleLogs(batch, Number(logsABatch), now).map((log, item) => logRow(log, item, now)),
).flat()

const before = usage.cpuMs()
const start = performance.now()
for (let at = 0; at < rows.length; at += ROWS_AN_INSERT)
  await client.insert({ table: 'logs', values: rows.slice(at, at + ROWS_AN_INSERT), format: 'JSONEachRow' })
const counted = await client.query({ query: 'SELECT count() AS rows FROM logs', format: 'JSONEachRow' })
const [answer] = await counted.json<{ rows: string | number }>()
const ms = performance.now() - start
const cpuMs = usage.cpuMs() - before

process.send?.({ ms, rows: Number(answer?.rows), resident: usage.resident(), cpuMs } satisfies BaselineAnswer)
usage.stop()
await client.close()
