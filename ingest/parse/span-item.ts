import type { Instant } from './timestamp.js'

export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const
export const SPAN_STATUSES = ['unset', 'ok', 'error'] as const
export type SpanKind = (typeof SPAN_KINDS)[number]
export type SpanStatus = (typeof SPAN_STATUSES)[number]

/** Attributes as they came: nested objects are flattened where rows are made. */
export type Attributes = Readonly<Record<string, unknown>>

/** A span of any protocol. Ids are lower-case hexadecimal; absent texts are empty. */
export interface SpanItem {
  readonly start: Instant
  /** Not negative. Exact up to 104 days. */
  readonly durationNs: number
  readonly traceId: string
  readonly spanId: string
  /** Empty for a root. */
  readonly parentSpanId: string
  readonly traceState: string
  readonly service: string
  readonly name: string
  readonly kind: SpanKind
  readonly status: SpanStatus
  readonly statusMessage: string
  readonly scopeName: string
  readonly scopeVersion: string
  readonly attributes: Attributes
  /** Of the resource and the scope, under `resource.` and `scope.`; spans of one export share the object. */
  readonly shared: Attributes
  readonly events: readonly SpanEvent[]
  readonly links: readonly SpanLink[]
}

export interface SpanEvent {
  readonly at: Instant
  readonly name: string
  readonly attributes: Attributes
}

export interface SpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Attributes
}

/** Nanoseconds from one instant to another; 0 where the end is before the start, as clocks that were set give it. */
export function nanosecondsBetween(start: Instant, end: Instant): number {
  return Math.max(0, (end.ms - start.ms) * 1_000_000 + (end.ns - start.ns))
}
