import type { BatchProtocol } from '../../schema/ports/intake.js'
import { type ParsedBatch, readClaimed } from './batch.js'
import { parseJsonBody } from './json-body.js'
import { STORABLE_TIMES, type TimeBounds } from './limits.js'
import { type NativeBatch, type NativeLog, readNativeLogs } from './native-logs.js'
import { readNativeMetrics } from './native-metrics.js'
import { readNativeRum } from './native-rum.js'
import { takeNativeMetric } from './native-samples.js'
import { readNativeSpans } from './native-spans.js'
import type { RumItem } from './rum-item.js'
import type { TakeSample } from './sample-columns.js'
import type { SpanItem } from './span-item.js'

/** What was read of a batch, beside its items. */
export interface BatchHead {
  /** Items as usage and answers count them. */
  readonly count: number
  /** Unix ms; null when the batch carries none. */
  readonly sentAt: number | null
}

/** The items of a body of a protocol, and whether every text in them is surely ASCII. Throws `InvalidBatchError`. */
export function readLogBody(
  protocol: BatchProtocol,
  body: Uint8Array,
  bounds: TimeBounds,
): NativeBatch<NativeLog> & { readonly ascii: boolean } {
  switch (protocol) {
    default: {
      const { value, ascii } = parseJsonBody(body)
      return { ...readNativeLogs(value, bounds), ascii }
    }
  }
}

export function readSpanBody(protocol: BatchProtocol, body: Uint8Array, bounds: TimeBounds): NativeBatch<SpanItem> {
  switch (protocol) {
    default:
      return readNativeSpans(parseJsonBody(body).value, bounds)
  }
}

export function readRumBody(_protocol: BatchProtocol, body: Uint8Array, bounds: TimeBounds): NativeBatch<RumItem> {
  return readNativeRum(parseJsonBody(body).value, bounds)
}

/** Hands out the samples of a body, once the whole of it was found right. */
export function readMetricBody(
  protocol: BatchProtocol,
  body: Uint8Array,
  bounds: TimeBounds,
  take: TakeSample,
): BatchHead {
  switch (protocol) {
    default: {
      const { items, sentAt } = readNativeMetrics(parseJsonBody(body).value, bounds)
      for (const metric of items) takeNativeMetric(metric, take)
      return { count: items.length, sentAt }
    }
  }
}

/*
 * The same for claimed batches, whose times were checked against the clock when they were accepted: here they only have
 * to be storable. What cannot be read is a PoisonBatchError.
 */

export function readLogs(batch: ParsedBatch): { readonly items: readonly NativeLog[]; readonly ascii: boolean } {
  return readClaimed(batch, () => readLogBody(batch.protocol, batch.body, STORABLE_TIMES))
}

export function readSpans(batch: ParsedBatch): readonly SpanItem[] {
  return readClaimed(batch, () => readSpanBody(batch.protocol, batch.body, STORABLE_TIMES).items)
}

export function readRum(batch: ParsedBatch): readonly RumItem[] {
  return readClaimed(batch, () => readRumBody(batch.protocol, batch.body, STORABLE_TIMES).items)
}

export function readMetrics(batch: ParsedBatch, take: TakeSample): void {
  readClaimed(batch, () => readMetricBody(batch.protocol, batch.body, STORABLE_TIMES, take))
}
