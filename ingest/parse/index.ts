/** Reading batches: bytes of the native protocols → rows of the stores. Pure, but for the pool of worker threads. */
export type { ParsedBatch } from './batch.js'
export { stampFlushId } from './flush-id.js'
export { type BatchIssue, InvalidBatchError, PoisonBatchError } from './issues.js'
export { type LogRows, toLogRows } from './log-rows.js'
export { type MetricSamples, toMetricSamples } from './metric-samples.js'
export { createParsePool, ParseFailedError, type ParsePool } from './pool.js'
