import type { NativeLog } from '../ingest/parse/native-logs.js'
import { nanosecondsText, readTimestamp } from '../ingest/parse/timestamp.js'

/** The org whose rows the baselines insert. */
export const BENCH_ORG = 'org_bench'

/** A log as a row of table `logs`, for inserts that go past ingest. */
export function logRow(log: NativeLog, item: number, now: number) {
  const at = readTimestamp(log.timestamp) ?? { ms: now, ns: 0 }
  const attributes = Object.entries(log.attributes ?? {})
  const ofType = (type: string) => Object.fromEntries(attributes.filter(([, value]) => typeof value === type))
  return {
    org_id: BENCH_ORG,
    ts: nanosecondsText(at.ms, at.ns),
    service: log.service,
    level: log.level,
    message: log.message,
    trace_id: log.traceId,
    span_id: log.spanId,
    attributes_string: ofType('string'),
    attributes_number: ofType('number'),
    attributes_bool: ofType('boolean'),
    batch_id: '00000000-0000-4000-8000-000000000000',
    item,
    flush_id: 1,
    accepted_at: now,
  }
}
