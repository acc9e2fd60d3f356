import { createClient } from '@clickhouse/client'
import { createChdbConnection } from 'chdb/connection'
import type { NativeSpan } from '../ingest/parse/native-spans.js'
import { nanosecondsText, readTimestamp } from '../ingest/parse/timestamp.js'
import { migrationFolder, readMigrationFiles } from '../sql/migrate-files.js'
import { splitStatements } from '../sql/migrate-statements.js'
import type { BaselineAnswer } from './baseline.js'
import { watchUsage } from './process-usage.js'
import { sampleSpans } from './sample-spans.js'
import { attributeMaps, rowOrigin } from './straight-row.js'

/*
 * The baseline of spans, in a process of its own: the same spans inserted with the official client into the same table
 * of an embedded ClickHouse, its lookup of traces included. Arguments: directory, batches, spans a batch. Answers its
 * parent with `BaselineAnswer`.
 */

/** As many as one flush of ours holds. */
const ROWS_AN_INSERT = 20_000

type ClientOptions = NonNullable<Parameters<typeof createClient>[0]>

const [directory = '', batches = '0', spansABatch = '0'] = process.argv.slice(2)
const usage = watchUsage(process.pid)
const connection = createChdbConnection({ path: directory })
// The two packages declare the same interface twice, apart in optional properties only.
const client = createClient({ connection: connection as unknown as ClientOptions['connection'] & object })
for (const { sql } of await readMigrationFiles(migrationFolder('clickhouse')))
  for (const query of splitStatements(sql)) await client.command({ query })

const now = Date.now()
const rows = Array.from({ length: Number(batches) }, (_, batch) =>
  sampleSpans(batch, Number(spansABatch), now).map((span, item) => toRow(span, item, now)),
).flat()

const before = usage.cpuMs()
const start = performance.now()
for (let at = 0; at < rows.length; at += ROWS_AN_INSERT)
  await client.insert({ table: 'spans', values: rows.slice(at, at + ROWS_AN_INSERT), format: 'JSONEachRow' })
const counted = await client.query({ query: 'SELECT count() AS rows FROM spans', format: 'JSONEachRow' })
const [answer] = await counted.json<{ rows: string | number }>()
const ms = performance.now() - start
const cpuMs = usage.cpuMs() - before

process.send?.({ ms, rows: Number(answer?.rows), resident: usage.resident(), cpuMs } satisfies BaselineAnswer)
usage.stop()
await client.close()

function toRow(span: NativeSpan, item: number, now: number) {
  const at = readTimestamp(span.start) ?? { ms: now, ns: 0 }
  const resource = Object.entries(span.resource ?? {}).map(([name, value]) => [`resource.${name}`, value] as const)
  return {
    ...rowOrigin(item, now),
    ts: nanosecondsText(at.ms, at.ns),
    duration_ns: span.durationNs,
    service: span.service,
    name: span.name,
    kind: span.kind,
    status: span.status,
    status_message: span.statusMessage ?? '',
    trace_id: span.traceId,
    span_id: span.spanId,
    parent_span_id: span.parentSpanId ?? '',
    scope_name: span.scope?.name,
    scope_version: span.scope?.version,
    ...attributeMaps([...Object.entries(span.attributes ?? {}), ...resource]),
  }
}
