import { BATCH_LIMITS } from '../../ingest/parse/limits.js'
import type { NativeLog } from '../../ingest/parse/native-logs.js'
import { type Instant, nanosecondsText } from '../../ingest/parse/timestamp.js'
import type { ReplayRecord } from './record.js'

/** A record as it is sent. What is longer than the protocol allows is cut. */
export function toNativeLog(record: ReplayRecord, at: Instant, service: string | null): NativeLog {
  return {
    timestamp: nanosecondsText(at.ms, at.ns),
    service: (record.service ?? service)?.slice(0, BATCH_LIMITS.serviceLength) ?? null,
    level: record.level?.slice(0, BATCH_LIMITS.levelLength) ?? null,
    message: record.message.slice(0, BATCH_LIMITS.messageLength),
    ...(record.traceId === undefined ? {} : { traceId: record.traceId.slice(0, BATCH_LIMITS.traceIdLength) }),
    ...(record.spanId === undefined ? {} : { spanId: record.spanId.slice(0, BATCH_LIMITS.traceIdLength) }),
    attributes: record.attributes,
  }
}
