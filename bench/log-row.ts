import type { NativeLog } from '../ingest/parse/native-logs.js'
import { nanosecondsText, readTimestamp } from '../ingest/parse/timestamp.js'
import { attributeMaps, rowOrigin } from './straight-row.js'

/** A log as a row of table `logs`, for inserts that go past ingest. */
export function logRow(log: NativeLog, item: number, now: number) {
  const at = readTimestamp(log.timestamp) ?? { ms: now, ns: 0 }
  return {
    ...rowOrigin(item, now),
    ts: nanosecondsText(at.ms, at.ns),
    service: log.service,
    level: log.level,
    message: log.message,
    trace_id: log.traceId,
    span_id: log.spanId,
    ...attributeMaps(Object.entries(log.attributes ?? {})),
  }
}
