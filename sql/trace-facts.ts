import type { DurationBucket, TraceFacts, TraceQuery } from '../schema/ports/traces.js'
import type { ClickHouse } from './clients.js'
import { readWithin } from './query-bounds.js'
import { foundTraces } from './trace-found.js'

/** Where the buckets of durations meet, ms: 1, 2 and 5 of each power of ten, from a tenth of a ms to 500 s. */
const BOUNDS_MS = [-1, 0, 1, 2, 3, 4, 5].flatMap((power) => [1, 2, 5].map((digit) => Number(`${digit}e${power}`)))

interface Row {
  /** How many bounds the durations reach. */
  readonly bucket: number
  readonly count: number
  readonly errors: number
}

/** Counts what a query finds, in all and by duration. */
export async function traceFacts(clickhouse: ClickHouse, orgId: string, query: TraceQuery): Promise<TraceFacts> {
  const found = foundTraces(orgId, query)
  const bounds = BOUNDS_MS.map((ms) => Math.round(ms * 1e6)).join(', ')
  const rows = await readWithin<Row>(
    clickhouse,
    `SELECT toUInt8(arrayCount(bound -> bound <= last - first, [${bounds}])) AS bucket, count() AS count,
       countIf(errors > 0) AS errors
     FROM (${found.sql}) GROUP BY bucket ORDER BY bucket`,
    found.params,
    query,
  )
  const sum = (field: 'count' | 'errors') => rows.reduce((all, row) => all + row[field], 0)
  return { count: sum('count'), errors: sum('errors'), histogram: bucketsOf(rows) }
}

function bucketsOf(rows: readonly Row[]): DurationBucket[] {
  const [first, last] = [rows[0], rows.at(-1)]
  if (first === undefined || last === undefined) return []
  const byBucket = new Map(rows.map((row) => [row.bucket, row]))
  return Array.from({ length: last.bucket - first.bucket + 1 }, (_, i) => {
    const bucket = first.bucket + i
    const { count = 0, errors = 0 } = byBucket.get(bucket) ?? {}
    return { fromMs: BOUNDS_MS[bucket - 1] ?? 0, toMs: BOUNDS_MS[bucket] ?? null, count, errors }
  })
}
