import type { Type } from 'protobufjs'
import type { Signal } from '../../schema/domain/signal.js'
import type { BatchProtocol } from '../../schema/ports/intake.js'
import { hasFields } from '../otlp/fields.js'
import { OTLP_LIMITS } from '../otlp/limits.js'
import { LISTS, REQUESTS } from '../otlp/messages.js'
import { readOtlpLogs } from '../otlp/read-logs.js'
import { readOtlpMetrics } from '../otlp/read-metrics.js'
import { readOtlpSpans } from '../otlp/read-spans.js'
import { REMOTE_WRITE_LIMITS } from '../remote-write/limits.js'
import { WRITE_REQUEST, WRITE_REQUEST_V2 } from '../remote-write/messages.js'
import { readWriteRequest, readWriteRequestV2 } from '../remote-write/read.js'
import { type ParsedBatch, readClaimed } from './batch.js'
import { parseJsonBody } from './json-body.js'
import type { KnownShared } from './known-shared.js'
import { STORABLE_TIMES, type TimeBounds } from './limits.js'
import { type NativeBatch, type NativeLog, readNativeLogs } from './native-logs.js'
import { readNativeMetrics } from './native-metrics.js'
import { readNativeRum } from './native-rum.js'
import { takeNativeMetric } from './native-samples.js'
import { readNativeSpans } from './native-spans.js'
import { decodeProtobuf } from './protobuf-body.js'
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

/** A body, parsed or decoded but not yet read. */
export interface ParsedBody {
  readonly protocol: BatchProtocol
  readonly value: unknown
  /** Whether every text in it is surely ASCII. */
  readonly ascii: boolean
}

/** What a body is said to be. JSON is told apart by its top-level key. */
export type BodyForm = BatchProtocol | 'json'

/** OTLP's JSON begins with its only key, and may hold more values than a native batch. */
const OTLP_START = /^\s*\{\s*"resource(?:Logs|Metrics|Spans)"/

/**
 * Parses a body of a signal.
 *
 * @throws InvalidBatchError, TooManyValuesError.
 */
export function parseBody(form: BodyForm, signal: Signal, body: Uint8Array): ParsedBody {
  switch (form) {
    case 'native-json':
      return { protocol: form, ...parseJsonBody(body) }
    case 'otlp-json':
      return { protocol: form, ...parseJsonBody(body, OTLP_LIMITS.values) }
    case 'otlp-protobuf':
      return decoded(form, REQUESTS[signal === 'rum' ? 'logs' : signal], body, OTLP_LIMITS.values)
    case 'remote-write-1':
      return decoded(form, WRITE_REQUEST, body, REMOTE_WRITE_LIMITS.values)
    case 'remote-write-2':
      return decoded(form, WRITE_REQUEST_V2, body, REMOTE_WRITE_LIMITS.values)
    case 'json': {
      const start = Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, 256)).toString('latin1')
      const parsed = parseJsonBody(body, OTLP_START.test(start) ? OTLP_LIMITS.values : undefined)
      const isOtlp = signal !== 'rum' && hasFields(parsed.value) && Object.hasOwn(parsed.value, LISTS[signal])
      return { protocol: isOtlp ? 'otlp-json' : 'native-json', ...parsed }
    }
  }
}

function decoded(protocol: BatchProtocol, type: Type, body: Uint8Array, limit: number): ParsedBody {
  return { protocol, value: decodeProtobuf(type, body, limit), ascii: false }
}

/** The items of a body. Throws `InvalidBatchError`. */
export function readLogBody({ protocol, value }: ParsedBody, bounds: TimeBounds): NativeBatch<NativeLog> {
  return isOtlp(protocol) ? fromOtlp(readOtlpLogs(value, bounds)) : readNativeLogs(value, bounds)
}

/** @param known See `readNativeSpans`. */
export function readSpanBody(
  { protocol, value }: ParsedBody,
  bounds: TimeBounds,
  known?: KnownShared,
): NativeBatch<SpanItem> {
  return isOtlp(protocol) ? fromOtlp(readOtlpSpans(value, bounds)) : readNativeSpans(value, bounds, known)
}

export function readRumBody({ value }: ParsedBody, bounds: TimeBounds): NativeBatch<RumItem> {
  return readNativeRum(value, bounds)
}

/** Hands out the samples of a body. Where it throws, those that were handed out before are void. */
export function readMetricBody({ protocol, value }: ParsedBody, bounds: TimeBounds, take: TakeSample): BatchHead {
  if (isOtlp(protocol)) return { count: readOtlpMetrics(value, bounds, take), sentAt: null }
  if (protocol === 'remote-write-1') return { count: readWriteRequest(value, bounds, take), sentAt: null }
  if (protocol === 'remote-write-2') return { count: readWriteRequestV2(value, bounds, take), sentAt: null }
  const { count, items, sentAt } = readNativeMetrics(value, bounds)
  for (const metric of items) takeNativeMetric(metric, take)
  return { count, sentAt }
}

function fromOtlp<Item>(items: readonly Item[]): NativeBatch<Item> {
  return { count: items.length, items, sentAt: null }
}

function isOtlp(protocol: BatchProtocol): boolean {
  return protocol === 'otlp-json' || protocol === 'otlp-protobuf'
}

/*
 * The same for claimed batches, whose times were checked against the clock when they were accepted: here they only have
 * to be storable. What cannot be read is a PoisonBatchError.
 */

export function readLogs(batch: ParsedBatch): { readonly items: readonly NativeLog[]; readonly ascii: boolean } {
  return readClaimed(batch, (body) => {
    const parsed = parseBody(batch.protocol, 'logs', body)
    return { items: readLogBody(parsed, STORABLE_TIMES).items, ascii: parsed.ascii }
  })
}

export function readSpans(
  batch: ParsedBatch,
  known: KnownShared,
): { readonly items: readonly SpanItem[]; readonly ascii: boolean } {
  return readClaimed(batch, (body) => {
    const parsed = parseBody(batch.protocol, 'spans', body)
    return { items: readSpanBody(parsed, STORABLE_TIMES, known).items, ascii: parsed.ascii }
  })
}

export function readRum(batch: ParsedBatch): readonly RumItem[] {
  return readClaimed(batch, (body) => readRumBody(parseBody(batch.protocol, 'rum', body), STORABLE_TIMES).items)
}

export function readMetrics(batch: ParsedBatch, take: TakeSample): void {
  readClaimed(batch, (body) => readMetricBody(parseBody(batch.protocol, 'metrics', body), STORABLE_TIMES, take))
}
