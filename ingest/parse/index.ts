/** Reading batches: bytes of the protocols → rows of the stores. Pure, but for the pool of worker threads. */

export { stampFlushId } from '../columns/index.js'
export type { ParsedBatch } from './batch.js'
export { type BatchIssue, InvalidBatchError, PoisonBatchError } from './issues.js'
export { toLogRows } from './log-rows.js'
export { type MetricSamples, toMetricSamples } from './metric-samples.js'
export { createParsePool, type ParsePool } from './pool.js'
export { FlushTooLargeError, type Rows } from './rows.js'
export { toRumRows } from './rum-rows.js'
export { samplesOf } from './sample-columns.js'
export { toSpanRows } from './span-rows.js'
export type { RowSignal } from './worker-messages.js'
