import type { AttributeValue } from '../domain/telemetry.js'
import type { TraceSkeleton } from '../domain/trace.js'
import type { ReadLimits } from './series.js'

/** When a trace was, as far as it has come. */
export interface TraceExtent {
  /** Its first start, RFC 3339 in UTC with nanoseconds. */
  readonly startedAt: string
  /** Unix ns. */
  readonly firstStartNs: bigint
  readonly lastEndNs: bigint
  readonly spanCount: number
}

/** A stored span. Attributes are flat; those of the resource begin with `resource.`. */
export interface StoredSpan {
  /** As `wordsHex` of the skeleton's row. */
  readonly row: string
  readonly spanId: string
  readonly parentSpanId: string | null
  readonly service: string
  readonly name: string
  readonly kind: string
  /** RFC 3339 in UTC with nanoseconds. */
  readonly startedAt: string
  readonly durationNs: number
  readonly status: string
  readonly statusMessage: string | null
  readonly traceState: string | null
  readonly scopeName: string | null
  readonly scopeVersion: string | null
  readonly attributes: Readonly<Record<string, AttributeValue>>
  readonly events: readonly StoredSpanEvent[]
  readonly links: readonly StoredSpanLink[]
}

export interface StoredSpanEvent {
  readonly at: string
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

export interface StoredSpanLink {
  readonly traceId: string
  readonly spanId: string
  readonly attributes: Readonly<Record<string, string>>
}

/** Which rows of a trace are read, and where they stand, so that little else is looked at. */
export interface SpanRows {
  /** As in `StoredSpan`. */
  readonly rows: readonly string[]
  readonly services: readonly string[]
  /** Whether attributes, events and links are wanted too; they are most of what is stored. */
  readonly whole: boolean
  /** Of the first and the last that begins, Unix ns, both included. */
  readonly fromNs: bigint
  readonly toNs: bigint
}

/** Which traces are looked for: judged by their spans that began in [from, to), Unix ms. */
export interface TraceQuery extends ReadLimits {
  readonly from: number
  readonly to: number
  /** Conditions on one and the same span; null for any. */
  readonly filter: string | null
  readonly service: string | null
  readonly name: string | null
  /** Of the trace, from its first start to its last end. */
  readonly minDurationMs: number | null
  readonly maxDurationMs: number | null
  /** Only traces with a span that failed. */
  readonly errorsOnly: boolean
}

/** A found trace as a whole, spans outside of the range that was asked for included. */
export interface TraceSummary {
  readonly traceId: string
  /** Of the first span that names no parent; null where none has come. */
  readonly rootService: string | null
  readonly rootName: string | null
  /** RFC 3339 in UTC with nanoseconds. */
  readonly startedAt: string
  readonly durationMs: number
  readonly spanCount: number
  readonly errorCount: number
  /** In order. */
  readonly services: readonly string[]
}

export interface TracePage {
  readonly traces: readonly { readonly cursor: string; readonly summary: TraceSummary }[]
  readonly hasNextPage: boolean
}

/** Found traces whose duration lies in [fromMs, toMs); the last bucket has no end. */
export interface DurationBucket {
  readonly fromMs: number
  readonly toMs: number | null
  readonly count: number
  readonly errors: number
}

/** Of all traces that are found. */
export interface TraceFacts {
  readonly count: number
  readonly errors: number
  /** From the first that holds traces to the last, without gaps. */
  readonly histogram: readonly DurationBucket[]
}

/** What a node of a service map is: what sends spans, or what those spans name and that sends none. */
export const SERVICE_KINDS = ['SERVICE', 'DATABASE', 'MESSAGING', 'EXTERNAL'] as const
export type ServiceKind = (typeof SERVICE_KINDS)[number]

export interface ServiceMapNode {
  readonly name: string
  readonly kind: ServiceKind
  /** Spans of the service; of what sends none, the calls to it. */
  readonly spans: number
  readonly errors: number
}

/** Calls of one service to another. The latencies are those of the spans that were called. */
export interface ServiceMapEdge {
  readonly caller: string
  readonly callerKind: ServiceKind
  readonly callee: string
  readonly calleeKind: ServiceKind
  readonly calls: number
  readonly errors: number
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

export interface ServiceMap {
  /** Most spans first. */
  readonly nodes: readonly ServiceMapNode[]
  /** Most calls first. */
  readonly edges: readonly ServiceMapEdge[]
  /** Spans that began in the range. */
  readonly spanCount: number
  /** One trace in so many was read, whole, and all counts are multiplied by it; 1 where all were read. */
  readonly sampledOneIn: number
  /** Edges were left out, those with the fewest calls. */
  readonly truncated: boolean
}

/** Reads an org's traces. Throws `QueryError`, `QueryBoundError` and `StoreError`. */
export interface TraceReader {
  /** Null where no span of the trace is stored. Ids are as `readTraceId` has them. */
  extent(traceId: string, limits?: ReadLimits): Promise<TraceExtent | null>
  /** Columns of the spans, `MAX_TRACE_SPANS` at most, times after the extent's first start. */
  skeleton(traceId: string, extent: TraceExtent, limits?: ReadLimits): Promise<TraceSkeleton>
  /** Those rows that are there, in no order. */
  spans(traceId: string, wanted: SpanRows, limits?: ReadLimits): Promise<readonly StoredSpan[]>
  /**
   * Found traces, newest first, a page at a time. Cursors are stable under inserts: a page begins after the trace that
   * the cursor names, wherever others have come.
   */
  search(query: TraceQuery & { readonly first: number; readonly after: string | null }): Promise<TracePage>
  facts(query: TraceQuery): Promise<TraceFacts>
  /** Who called whom in [from, to), Unix ms. */
  serviceMap(query: ReadLimits & { readonly from: number; readonly to: number }): Promise<ServiceMap>
}
